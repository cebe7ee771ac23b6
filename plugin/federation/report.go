package federation

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Report collects what is wrong with a federation. It is not safe for concurrent use.
type Report struct {
	places *places
	found  []problem
}

// Report makes an empty report on the federation.
func (f *Federation) Report() *Report { return &Report{places: f.places} }

// Add adds a problem with a field, which the text continues: "spec.kits does not exist".
func (r *Report) Add(path, format string, args ...any) {
	r.found = append(r.found, problem{path, fmt.Sprintf(format, args...)})
}

func (r *Report) addAll(errs field.ErrorList) {
	for _, err := range errs {
		r.found = append(r.found, problem{err.Field, err.ErrorBody()})
	}
}

// Err has all problems, each with file and line, in the order of the lines; nil if there are
// none.
func (r *Report) Err() error { return r.places.errorsOf(r.found) }

// ParticipantPath is the path of the participant with the number i.
func ParticipantPath(i int) string { return fmt.Sprintf("spec.participants[%d]", i) }
