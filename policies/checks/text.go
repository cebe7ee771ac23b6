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
