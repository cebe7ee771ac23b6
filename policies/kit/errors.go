package kit

import (
	"fmt"
	"strings"
	"unicode"
)

// FieldError says what is wrong with a kit, where, and what to do. It never contains
// the content of a key file.
type FieldError struct {
	// File is the path inside the kit, such as startup/fed_client.json.
	File string
	// Field is the field in the file, such as servers[0].service.target; empty for the
	// whole file.
	Field string
	// Problem says what is wrong, in words that follow the file or field.
	Problem string
	// Fix says what to do.
	Fix string

	cause error
}

// Error returns the file, the field, the problem and the fix in one line.
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

// Unwrap returns the error of the file system, if that was the reason.
func (e *FieldError) Unwrap() error { return e.cause }

// AsProvisioned is the fix for files that no framework's provisioning writes.
const AsProvisioned = "use the kit as it was provisioned, or ask the project lead for a new one"

// Quote quotes a value of a kit for a message. It shortens long values, which may be
// anything, even a key that someone pasted into the wrong file.
func Quote(value string) string {
	const longest = 60
	if len(value) > longest {
		return fmt.Sprintf("%q…", value[:longest])
	}
	return fmt.Sprintf("%q", value)
}

// Printable says whether a text has no characters that control a terminal.
func Printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsGraphic(r) })
}
