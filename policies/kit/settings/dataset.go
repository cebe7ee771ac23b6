package settings

import "slices"

// Dataset is data that a participant's launcher mounts into the jobs of one study.
type Dataset struct {
	Study, Name string
	// Source is what it mounts: in Kubernetes, a PersistentVolumeClaim.
	Source   string
	ReadOnly bool
}

// Unknown is the value of a setting without one known value. It is not absent: an
// expression that asks whether it is there must not take it for a setting that no file has.
type Unknown struct{}

// Values are the settings by path, for expressions. A setting that files give different
// values, or one whose meaning is not known, is Unknown.
func Values(all []Setting) map[string]any {
	values := make(map[string]any, len(all))
	for path, found := range NewSet(all) {
		value := found[0].Value
		for _, one := range found[1:] {
			if !same(value, one.Value) {
				value = nil
			}
		}
		if value == nil {
			value = Unknown{}
		}
		values[path] = value
	}
	return values
}

func same(a, b any) bool {
	list, ok := a.([]string)
	other, both := b.([]string)
	if ok || both {
		return ok && both && slices.Equal(list, other)
	}
	return a == b
}
