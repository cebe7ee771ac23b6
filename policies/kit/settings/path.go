package settings

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Declared is a setting that a framework has, or a family of such settings.
type Declared struct {
	// Path is the path. A word of it that is in capitals is any name, and words
	// with | between them for one of them:
	// privacy.scopes[SCOPE].task_data_filters|task_result_filters.in|out[FILTER].
	Path string
	Type Type
	// Doc says what it is, in one sentence.
	Doc string
	// Domain are the numbers with which it has an effect. With others, a filter does nothing.
	Domain Domain
	// Lists says what a policy's values mean for a list.
	Lists Lists
	// Filter says that it is a filter, and that its value are the names of its arguments.
	// It does nothing without the argument Needs, if that is not "".
	Filter bool
	Needs  string
	// Unsupported says why no policy can require it, if it is not "".
	Unsupported string
	// Roles are the roles of participants that have it; nil is all that have settings.
	Roles []kit.Role
}

// Catalog finds settings by their paths. A policy can require thousands of them, so that
// the families are prepared once.
type Catalog struct {
	all      []Declared
	patterns [][]pattern
}

// NewCatalog prepares families of settings.
func NewCatalog(all []Declared) *Catalog {
	c := &Catalog{all: all, patterns: make([][]pattern, len(all))}
	for i := range all {
		parsed, _ := words(all[i].Path)
		for _, one := range parsed {
			c.patterns[i] = append(c.patterns[i], pattern{one.name, wildcard.MatchString(one.text), strings.Split(one.text, "|")})
		}
	}
	return c
}

// All are the families, in their order.
func (c *Catalog) All() []Declared { return slices.Clone(c.all) }

// Find returns the first family that a path belongs to.
func (c *Catalog) Find(path string) (Declared, bool) {
	got, ok := words(path)
	if !ok {
		return Declared{}, false
	}
	for i, family := range c.patterns {
		if slices.EqualFunc(family, got, pattern.matches) {
			return c.all[i], true
		}
	}
	return Declared{}, false
}

// pattern is a word of a family: any name, or one of some texts.
type pattern struct {
	name, wild bool
	texts      []string
}

func (p pattern) matches(w word) bool {
	return p.name == w.name && (p.wild || slices.Contains(p.texts, w.text))
}

// wildcard is the form of a word that is any name.
var wildcard = regexp.MustCompile(`^[A-Z][A-Z_]*$`)

// word is a part of a path. A name is in brackets.
type word struct {
	text string
	name bool
}

// words splits a path. Names in brackets may have dots, but no brackets.
func words(path string) ([]word, bool) {
	var all []word
	for rest := path; rest != ""; {
		var one word
		if one.name = rest[0] == '['; one.name {
			text, after, ok := strings.Cut(rest[1:], "]")
			if !ok || strings.Contains(text, "[") || len(all) == 0 {
				return nil, false
			}
			one.text, rest = text, after
		} else {
			end := strings.IndexAny(rest, ".[]")
			if end < 0 {
				end = len(rest)
			}
			one.text, rest = rest[:end], rest[end:]
		}
		if one.text == "" || strings.HasPrefix(rest, "]") || rest == "." {
			return nil, false
		}
		all = append(all, one)
		rest = strings.TrimPrefix(rest, ".")
	}
	return all, len(all) > 0
}

// Name says whether a text can be a name in a path.
func Name(text string) bool { return text != "" && !strings.ContainsAny(text, "[]") }

// startup begins the paths of the settings that are in startup/.
const startup = "startup."

// InStartup says whether a setting is one of startup/, which the site cannot change. All
// others are in local/.
func InStartup(path string) bool { return strings.HasPrefix(path, startup) }
