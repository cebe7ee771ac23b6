// Package settings has what participants set in their files, in the same form for every
// framework: a path, a typed value, and where it was found. It also has the requirements
// that a policy makes of them. A framework reads the files and says which settings there
// are; nothing here knows a framework.
package settings

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Type is the type of a setting's value.
type Type string

// The types. Any is the type of a value that the framework does not know.
const (
	Boolean Type = "boolean"
	Number  Type = "number"
	Text    Type = "text"
	// Texts is a list of texts. Lists says how it meets a requirement.
	Texts Type = "list of texts"
	Any   Type = "any"
)

// Setting is one setting.
type Setting struct {
	// Path names the setting, such as privacy.default_scope or
	// privacy.scopes[private].task_result_filters.out[SVTPrivacy].epsilon. Names that the
	// site chooses are in brackets.
	Path string
	// Value is a bool, a finite float64, a string or a []string. It is nil if the file has a
	// value whose meaning is not known; it meets no requirement.
	Value any
	// File and Line say where it is. File is "" for the framework's own default.
	File string
	Line int
}

// Default says that no file has the setting: it has the framework's own value.
func (s Setting) Default() bool { return s.File == "" }

// Where says where the setting is, for messages.
func (s Setting) Where() string {
	if s.Default() {
		return "the default"
	}
	if s.Line == 0 {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line)
}

// shown is the value in messages.
func (s Setting) shown() string {
	if s.Default() {
		return show(s.Value) + " by default"
	}
	return show(s.Value)
}

// longest is how many texts of a list are shown.
const longest = 10

func show(value any) string {
	switch v := value.(type) {
	case string:
		return kit.Quote(v)
	case []string:
		var all []string
		for i, one := range v {
			if i == longest {
				all = append(all, "…")
				break
			}
			all = append(all, kit.Quote(one))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case nil:
		return "a value of another type or with a variable"
	}
	return fmt.Sprint(value)
}

// Set are settings by their path. A path can have several: a framework may read a setting
// from more than one file.
type Set map[string][]Setting

// NewSet indexes settings.
func NewSet(all []Setting) Set {
	set := make(Set, len(all))
	for _, one := range all {
		set[one.Path] = append(set[one.Path], one)
	}
	return set
}
