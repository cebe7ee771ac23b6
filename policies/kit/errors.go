package kit

import (
	"fmt"
	"strings"
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

// asProvisioned is the fix for whatever `nvflare provision` never writes.
const asProvisioned = "use the kit as `nvflare provision` wrote it, or ask the project lead for a new one"

// shown quotes a value out of a kit for a message. A long value is cut: it may
// be anything, even a key that somebody pasted into the wrong file.
func shown(value string) string {
	const longest = 60
	if len(value) > longest {
		return fmt.Sprintf("%q…", value[:longest])
	}
	return fmt.Sprintf("%q", value)
}
