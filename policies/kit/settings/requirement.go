package settings

import (
	"fmt"
	"slices"
	"strings"
)

// Requirement is what a policy requires of one setting. It is compiled: its bounds have the
// type of the setting.
type Requirement struct {
	Path string
	// Field is the field of the policy that requires it.
	Field string
	// Min and Max limit a number. Nil is no limit.
	Min, Max *float64
	// Above is less than every number that is allowed.
	Above *float64
	// OneOf are the allowed values, if it is not nil: of a list, those of its texts, as
	// Lists says.
	OneOf []any
	Lists Lists
	// Present requires that a file has it, Absent that none has it.
	Present, Absent bool
	// Optional says that the setting may be missing.
	Optional bool
	// Nothing says what a list may not have, such as "arguments", for messages.
	Nothing string
	// Fix says what to do; if it is "", the message says so in general.
	Fix string
}

// Problem is a requirement that is not met.
type Problem struct {
	// Setting is nil if it is missing.
	Setting *Setting
	// Text says what is wrong, Fix what to do.
	Text, Fix string
}

// Check returns what is wrong with the settings. If a path has several settings, each must
// meet the requirement.
func (r *Requirement) Check(all Set) []Problem {
	found := all[r.Path]
	if r.Absent {
		return r.absent(found)
	}
	if !slices.ContainsFunc(found, func(s Setting) bool { return !r.Present || !s.Default() }) {
		if r.Optional {
			return nil
		}
		return []Problem{{Text: r.Path + " is not set" + r.missing(), Fix: r.fix()}}
	}
	var problems []Problem
	for i := range found {
		if !r.meets(found[i].Value) {
			problems = append(problems, Problem{&found[i], r.Path + " is " + found[i].shown() + r.demand(), r.fix()})
		}
	}
	return problems
}

func (r *Requirement) absent(found []Setting) []Problem {
	var problems []Problem
	for i := range found {
		if !found[i].Default() {
			problems = append(problems, Problem{&found[i], r.Path + " is set to " + found[i].shown() + r.demand(), r.fix()})
		}
	}
	return problems
}

func (r *Requirement) fix() string {
	switch {
	case r.Fix != "":
		return r.Fix
	case r.Absent:
		return "remove it"
	}
	return "set " + r.Path + " as the policy requires"
}

// missing is the end of a message about a setting that is not there.
func (r *Requirement) missing() string {
	if r.Present {
		return fmt.Sprintf(", but %s of the policy requires it", r.Field)
	}
	return r.demand()
}

// demand is the end of a message: what the field requires.
func (r *Requirement) demand() string {
	var all []string
	if r.Above != nil {
		all = append(all, "more than "+show(*r.Above))
	}
	if r.Min != nil {
		all = append(all, "at least "+show(*r.Min))
	}
	if r.Max != nil {
		all = append(all, "at most "+show(*r.Max))
	}
	if r.OneOf != nil {
		all = append(all, r.choice())
	} else if r.Lists == AllOfThese {
		all = append(all, "a list that is not empty")
	}
	if r.Absent {
		all = append(all, "that it is not set")
	}
	if len(all) == 0 {
		all = append(all, "that it is set")
	}
	return fmt.Sprintf(", but %s of the policy requires %s", r.Field, strings.Join(all, " and "))
}

func (r *Requirement) choice() string {
	var all []string
	for i, one := range r.OneOf {
		if i == longest {
			all = append(all, "…")
			break
		}
		all = append(all, show(one))
	}
	switch {
	case r.Nothing != "" && len(all) == 0:
		return "no " + r.Nothing
	case r.Nothing != "":
		return "no " + r.Nothing + " but " + strings.Join(all, ", ")
	case r.Lists == AllOfThese:
		return "a list that has " + strings.Join(all, " and ")
	}
	switch len(all) {
	case 0:
		return "none"
	case 1:
		return all[0]
	}
	return "one of " + strings.Join(all, ", ")
}

// meets says whether a value is in the bounds. A value that is not known, or of another
// type than the bounds, is in none.
func (r *Requirement) meets(value any) bool {
	if value == nil {
		return r.Present && !r.limited() && r.OneOf == nil && r.Lists == OnlyThese
	}
	if (r.OneOf != nil || r.Lists == AllOfThese) && !r.allows(value) {
		return false
	}
	if !r.limited() {
		return true
	}
	number, ok := value.(float64)
	return ok && Domain{r.Above, r.Min, r.Max}.Contains(number)
}
