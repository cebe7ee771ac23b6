// Package checks has one file for each rule, like k8s.io/pod-security-admission/policy:
// pure functions that evaluate one pod, or the object of a request, and say what is wrong
// with it.
//
// The author of a pod chooses its labels, annotations, names and arguments, so no check
// trusts them. Checks decide on the kit that the pod mounts, on the policy, and on the
// facts that the caller has looked up. If a fact is missing, the pod is denied.
package checks

import (
	"cmp"
	"slices"
	"strings"
)

// Result is what one check finds wrong in one place.
type Result struct {
	// ID names the check.
	ID string `json:"id"`
	// Container is the name of the container, if it is about one.
	Container string `json:"container,omitempty"`
	// Field is the path in the object: spec.containers[0].image.
	Field string `json:"field,omitempty"`
	// Reason says in a few words what is wrong; Detail has the value.
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
	// Fix says what to do.
	Fix string `json:"fix,omitempty"`
	// Exempt says who may do it anyway.
	Exempt Exemption `json:"-"`
}

// Exemption says who may do what a check denies.
type Exemption int

// The exemptions.
const (
	// ExemptNone is for no one.
	ExemptNone Exemption = iota
	// ExemptGovern is for users with the verb govern on the policy. They may change the
	// policy, too.
	ExemptGovern
	// ExemptGovernWarned is the same, and they get a warning.
	ExemptGovernWarned
)

// String is one line for people, without the policy's name.
func (r Result) String() string {
	line := r.Reason
	if r.Detail != "" {
		line += ": " + r.Detail
	}
	switch {
	case r.Container != "" && r.Field != "":
		line = "container " + quote(r.Container) + " (" + r.Field + "): " + line
	case r.Field != "":
		line = r.Field + ": " + line
	}
	if r.Fix != "" {
		line += "; fix: " + r.Fix
	}
	return line
}

// sortByDetail sorts results that come from a map: the order of maps varies, but messages
// must not.
func sortByDetail(results []Result) {
	slices.SortFunc(results, func(a, b Result) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Detail, b.Detail))
	})
}
