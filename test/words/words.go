// Package words holds the project's English: it reads the table of words in
// CONTRIBUTING.md and finds those that a text should not have.
package words

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Word is one row of the table.
type Word struct {
	// Avoid matches what should not be written, Write says what to write.
	Avoid *regexp.Regexp
	Write string
}

// Finding is one place in a text.
type Finding struct {
	// Line counts from 1.
	Line  int
	Text  string
	Write string
}

// Table reads the rows of the table under the heading "Words" of a Markdown page:
// a regular expression (RE2) in back quotes, then what to write.
func Table(page string) ([]Word, error) {
	_, section, found := strings.Cut(page, "\n## Words\n")
	if !found {
		return nil, errors.New("the page has no section \"Words\"")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var words []Word
	for line := range strings.Lines(section) {
		rest, isRow := strings.CutPrefix(line, "| `")
		expression, write, closed := strings.Cut(rest, "` | ")
		if !isRow || !closed {
			continue
		}
		// In a table of Markdown a bar inside a cell is written \|.
		avoid, err := regexp.Compile("(?i)" + strings.ReplaceAll(expression, `\|`, "|"))
		if err != nil {
			return nil, fmt.Errorf("the row %q: %w", strings.TrimSpace(line), err)
		}
		words = append(words, Word{Avoid: avoid, Write: strings.TrimSuffix(strings.TrimSpace(write), " |")})
	}
	if len(words) == 0 {
		return nil, errors.New("the section \"Words\" has no table")
	}
	return words, nil
}

// Find gives every place where the text has a word of the table.
func Find(words []Word, text string) []Finding {
	var findings []Finding
	number := 0
	for line := range strings.Lines(text) {
		number++
		for _, w := range words {
			if found := w.Avoid.FindString(line); found != "" {
				findings = append(findings, Finding{Line: number, Text: found, Write: w.Write})
			}
		}
	}
	return findings
}
