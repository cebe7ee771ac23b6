package checks_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// decided says what the checks do about a field of a participant's pod: a change that a
// check must deny, or the reason why the field may have any value.
type decided struct {
	check    string
	change   func(*world)
	harmless string
	// whole says that no value is allowed, so that the fields of its type need no decision.
	whole bool
}

// never is a field that must not be set, and compared one whose value decides.
func never(check string, change func(*world)) decided {
	return decided{check: check, change: change, whole: true}
}

func compared(check string, change func(*world)) decided {
	return decided{check: check, change: change}
}

func harmless(why string) decided { return decided{harmless: why} }

// parts is a field whose type has fields that decide.
var parts = decided{}

// tables has the decisions about the types of a pod, by "Type.Field".
func tables(t *testing.T) map[string]decided {
	t.Helper()
	all := map[string]decided{}
	for _, table := range []map[string]decided{podFields(), containerFields(), handlerFields(), volumeFields(), securityFields()} {
		for field, d := range table {
			require.NotContains(t, all, field)
			all[field] = d
		}
	}
	return all
}

// TestEveryFieldIsDecided fails if a new version of Kubernetes adds a field to a type of a
// pod: add a decision about it to the tables.
func TestEveryFieldIsDecided(t *testing.T) {
	w := fieldWalk{t, tables(t), map[reflect.Type]bool{}, map[string]bool{}}
	w.visit(reflect.TypeFor[corev1.PodSpec]())
	for field := range w.decided {
		require.True(t, w.seen[field], "%s: a field that is gone, or of a type that no pod has", field)
	}
}

// fieldWalk visits the types of core/v1 in a pod.
type fieldWalk struct {
	*testing.T
	decided map[string]decided
	types   map[reflect.Type]bool
	seen    map[string]bool
}

func (w fieldWalk) visit(typ reflect.Type) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || !strings.HasSuffix(typ.PkgPath(), "/core/v1") || w.types[typ] {
		return
	}
	w.types[typ] = true
	for field := range typ.Fields() {
		if field.Anonymous {
			w.visit(field.Type)
			continue
		}
		name := typ.Name() + "." + field.Name
		d, ok := w.decided[name]
		if !ok {
			w.Errorf("%s: no one has decided about it", name)
			continue
		}
		w.seen[name] = true
		if d.harmless != "" {
			require.Nil(w, d.change, name)
			continue
		}
		if d.change != nil {
			w.Run(name, func(t *testing.T) { denies(t, d) })
		}
		if !d.whole {
			w.visit(field.Type)
		}
	}
}

// denies makes the change to an allowed pod.
func denies(t *testing.T, d decided) {
	t.Helper()
	w := newWorld(t, "client")
	require.Empty(t, w.run())
	d.change(w)
	var ids []string
	for _, r := range w.run() {
		ids = append(ids, r.ID)
	}
	require.Contains(t, ids, d.check)
}
