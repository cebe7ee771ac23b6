package checks

import (
	"strconv"
	"strings"
)

// longest is how much of a value that somebody else wrote a message repeats.
const longest = 120

// quote shows a value that somebody else wrote: escaped, so that it cannot play
// tricks on a terminal or break a message's line, and not endless.
func quote(value string) string {
	if len(value) > longest {
		value = strings.ToValidUTF8(value[:longest], "") + "…"
	}
	return strconv.Quote(value)
}

// oneLine keeps a text of somebody else's making in its line, and not endless.
func oneLine(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if len(line) > 4*longest {
		line = strings.ToValidUTF8(line[:4*longest], "") + "…"
	}
	return line
}
