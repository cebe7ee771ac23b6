package checks

import (
	"strconv"
	"strings"
)

// longest is how much of an untrusted value a message contains.
const longest = 120

// quote quotes an untrusted value for a message. It escapes characters that control a
// terminal or break the line, and shortens long values.
func quote(value string) string {
	if len(value) > longest {
		value = strings.ToValidUTF8(value[:longest], "") + "…"
	}
	return strconv.Quote(value)
}

// oneLine puts an untrusted text on one line and shortens it.
func oneLine(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if len(line) > 4*longest {
		line = strings.ToValidUTF8(line[:4*longest], "") + "…"
	}
	return line
}
