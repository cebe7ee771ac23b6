// Package words finds words that CONTRIBUTING.md asks to avoid in what people
// read: comments and strings of Go files, and documentation.
package words

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// A Rule is one row of the table in CONTRIBUTING.md.
type Rule struct {
	Avoid *regexp.Regexp
	Write string
}

// A Finding is a word to avoid in a text.
type Finding struct {
	Line  int
	Word  string
	Write string
}

func (f Finding) String() string {
	return fmt.Sprintf("%d: %q: write %s", f.Line, f.Word, f.Write)
}

// Rules reads the table below the heading Words of CONTRIBUTING.md. Each row
// holds regular expressions in backquotes, in which \| stands for |.
func Rules(contributing string) ([]Rule, error) {
	_, section, found := strings.Cut(contributing, "\n## Words\n")
	if !found {
		return nil, errors.New("there is no heading Words")
	}
	var rules []Rule
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) != 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		avoid, err := expression(cells[1])
		if err != nil {
			return nil, fmt.Errorf("row %q: %w", strings.TrimSpace(line), err)
		}
		rules = append(rules, Rule{Avoid: avoid, Write: strings.TrimSpace(cells[2])})
	}
	return rules, nil
}

func expression(cell string) (*regexp.Regexp, error) {
	var words []string
	for i, part := range strings.Split(cell, "`") {
		if i%2 == 1 {
			words = append(words, strings.ReplaceAll(part, "\x00", "|"))
		}
	}
	return regexp.Compile(`(?i)\b(?:` + strings.Join(words, "|") + `)\b`)
}

// InText returns what rules find in text.
func InText(text string, rules []Rule) []Finding {
	var findings []Finding
	number := 0
	for line := range strings.Lines(text) {
		number++
		for _, rule := range rules {
			for _, word := range rule.Avoid.FindAllString(line, -1) {
				findings = append(findings, Finding{Line: number, Word: word, Write: rule.Write})
			}
		}
	}
	return findings
}

// InGo returns what rules find in the comments and strings of a Go file.
func InGo(source []byte, rules []Rule) []Finding {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(source))
	var lexer scanner.Scanner
	lexer.Init(file, source, nil, scanner.ScanComments)
	var findings []Finding
	for {
		pos, tok, text := lexer.Scan()
		if tok == token.EOF {
			return findings
		}
		if tok != token.COMMENT && tok != token.STRING {
			continue
		}
		for _, found := range InText(text, rules) {
			found.Line += files.Position(pos).Line - 1
			findings = append(findings, found)
		}
	}
}
