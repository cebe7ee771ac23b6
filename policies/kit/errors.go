package kit

import (
	"fmt"
	"strings"
	"unicode"
)

// FieldError says what is wrong with a kit, where, and what to do about it. It
// never holds the content of a key file.
type FieldError struct {
	// File is the path inside the kit, such as startup/fed_client.json.
	File string
	// Field is the place in the file, such as servers[0].service.target; empty
	// where the whole file is meant.
	Field string
	// Problem says what is wrong, in words that follow the name of the place.
	Problem string
	// Fix says what to do.
	Fix string

	cause error
}

// Error gives place, problem and fix in one line.
func (e *FieldError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Field != "" {
		fmt.Fprintf(&b, ": %s", e.Field)
	}
	fmt.Fprintf(&b, " %s", e.Problem)
	if e.Fix != "" {
		fmt.Fprintf(&b, "; %s", e.Fix)
	}
	return b.String()
}

// Unwrap gives the error of the file system, where that was the reason.
func (e *FieldError) Unwrap() error { return e.cause }

// AsProvisioned is the fix for what no framework's provisioning writes.
const AsProvisioned = "use the kit as it was provisioned, or ask the project lead for a new one"

// Quote quotes a value out of a kit for a message. A long value is cut: it may
// be anything, even a key that somebody pasted into the wrong file.
func Quote(value string) string {
	const longest = 60
	if len(value) > longest {
		return fmt.Sprintf("%q…", value[:longest])
	}
	return fmt.Sprintf("%q", value)
}

// Printable says whether a text holds nothing that could play tricks on a terminal.
func Printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsGraphic(r) })
}
