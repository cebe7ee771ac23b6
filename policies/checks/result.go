// Package checks holds one file for each thing that must be true, in the shape
// of k8s.io/pod-security-admission/policy: pure functions that look at one pod
// (or at the object that a request is about) and say what is wrong with it.
//
// A pod's author writes every label, annotation, name and argument of it, so no
// check trusts one: it decides on the kit that a pod mounts, on what the policy
// lists and on what the caller has looked up. What is not known is refused.
package checks

// Result is what one check finds wrong in one place.
type Result struct {
	// ID names the check.
	ID string `json:"id"`
	// Container is the container that it is about, where it is about one.
	Container string `json:"container,omitempty"`
	// Field is the path in the object: spec.containers[0].image.
	Field string `json:"field,omitempty"`
	// Reason says in a few words what is wrong; Detail with which value.
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
	// Fix says what to do.
	Fix string `json:"fix,omitempty"`
}

// String is one readable line, without the policy's name.
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
