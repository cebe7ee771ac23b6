package settings

import (
	"regexp"
	"strings"
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
}

// Matches says whether the path is one of this family.
func (d Declared) Matches(path string) bool {
	pattern, ok := words(d.Path)
	got, valid := words(path)
	if !ok || !valid || len(pattern) != len(got) {
		return false
	}
	for i := range pattern {
		if pattern[i].name != got[i].name || !matches(pattern[i].text, got[i].text) {
			return false
		}
	}
	return true
}

// wildcard is the form of a word that is any name.
var wildcard = regexp.MustCompile(`^[A-Z][A-Z_]*$`)

func matches(pattern, text string) bool {
	if wildcard.MatchString(pattern) {
		return text != ""
	}
	for one := range strings.SplitSeq(pattern, "|") {
		if one == text {
			return true
		}
	}
	return false
}

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
