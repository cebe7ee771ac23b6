package settings

import "slices"

// Domain are the numbers with which a setting has an effect. Nil is no limit; Above is not
// one of them.
type Domain struct{ Above, Min, Max *float64 }

// Contains says whether a number is in the domain.
func (d Domain) Contains(number float64) bool {
	return (d.Above == nil || number > *d.Above) && (d.Min == nil || number >= *d.Min) && (d.Max == nil || number <= *d.Max)
}

// Overlaps says whether a number between min and max is in the domain. Nil is no limit.
func (d Domain) Overlaps(lowest, highest *float64) bool {
	return (highest == nil || d.Above == nil || *highest > *d.Above) &&
		(highest == nil || d.Min == nil || *highest >= *d.Min) &&
		(lowest == nil || d.Max == nil || *lowest <= *d.Max)
}

// Lists says what the allowed values mean for a list.
type Lists int

const (
	// OnlyThese allows no other texts: the list gives something away.
	OnlyThese Lists = iota
	// AllOfThese requires all of the texts: the list protects what is in it.
	AllOfThese
	// ExactlyThese requires both, where it is not known what the list does.
	ExactlyThese
)

// Within narrows the limits to a domain. Of a list of allowed values, each must be in it.
func (r *Requirement) Within(d Domain) {
	if r.OneOf != nil {
		return
	}
	if d.Min != nil && (r.Min == nil || *r.Min < *d.Min) {
		r.Min = d.Min
	}
	if d.Max != nil && (r.Max == nil || *r.Max > *d.Max) {
		r.Max = d.Max
	}
	if d.Above != nil && (r.Min == nil || *r.Min <= *d.Above) {
		r.Min, r.Above = nil, d.Above
	}
}

// limited says whether the requirement limits a number.
func (r *Requirement) limited() bool { return r.Above != nil || r.Min != nil || r.Max != nil }

func (r *Requirement) allows(value any) bool {
	list, ok := value.([]string)
	if !ok {
		return r.Lists != AllOfThese && slices.Contains(r.OneOf, value)
	}
	if r.Lists != OnlyThese && !r.listed(list) {
		return false
	}
	return r.Lists == AllOfThese ||
		!slices.ContainsFunc(list, func(text string) bool { return !slices.Contains(r.OneOf, any(text)) })
}

// listed says whether a list has all of the texts. One without texts protects nothing.
func (r *Requirement) listed(list []string) bool {
	return len(list) > 0 && !slices.ContainsFunc(r.OneOf, func(one any) bool {
		text, ok := one.(string)
		return ok && !slices.Contains(list, text)
	})
}
