package mutation

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
)

// Operation is one operation of a JSON patch (RFC 6902).
type Operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// Patch is the patch from a pod to the result of Mutate. It contains only the changed
// elements, so that fields that the Go types do not have are kept. It is nil if nothing
// changed.
func Patch(before, after *corev1.Pod) []Operation {
	if before == after {
		return nil
	}
	a, b := &before.Spec, &after.Spec
	ops := labels(before.Labels, after.Labels)
	ops = list(ops, "/spec/volumes", a.Volumes, b.Volumes, func(v corev1.Volume) string { return v.Name })
	ops = member(ops, "/spec/securityContext", a.SecurityContext, b.SecurityContext)
	ops = member(ops, "/spec/automountServiceAccountToken", a.AutomountServiceAccountToken, b.AutomountServiceAccountToken)
	ops = member(ops, "/spec/enableServiceLinks", a.EnableServiceLinks, b.EnableServiceLinks)
	ops = initContainers(ops, a.InitContainers, b.InitContainers)
	return containers(ops, "/spec/containers/", 0, a.Containers, b.Containers)
}

// labels adds labels: mutation neither changes nor removes any.
func labels(before, after map[string]string) []Operation {
	if len(before) == 0 && len(after) > 0 {
		return []Operation{{"add", "/metadata/labels", after}}
	}
	var ops []Operation
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[key]; !ok {
			ops = append(ops, Operation{"add", "/metadata/labels/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key), after[key]})
		}
	}
	return ops
}

// Marshal is the patch as the API server reads it. It is nil if there is none.
func Marshal(ops []Operation) ([]byte, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	return json.Marshal(ops)
}

// initContainers changes init containers. Mutation inserts the verifier before all
// others or replaces the one that is already there; it neither removes nor moves any.
func initContainers(ops []Operation, before, after []corev1.Container) []Operation {
	const path = "/spec/initContainers"
	switch {
	case len(before) == 0 && len(after) == 0:
		return ops
	case len(before) == 0:
		return append(ops, Operation{"add", path, after})
	case len(after) > len(before):
		ops = append(ops, Operation{"add", path + "/0", after[0]})
		return containers(ops, path+"/", 1, before, after[1:])
	case after[0].Name == kitvolume.Verifier && !same(&before[0], &after[0]):
		ops = append(ops, Operation{"replace", path + "/0", after[0]})
		return containers(ops, path+"/", 1, before[1:], after[1:])
	}
	return containers(ops, path+"/", 0, before, after)
}

// containers changes containers one by one. first is the index of the first one in the
// pod's list.
func containers(ops []Operation, path string, first int, before, after []corev1.Container) []Operation {
	for i := range after {
		a, b, at := &before[i], &after[i], path+strconv.Itoa(first+i)
		ops = member(ops, at+"/image", &a.Image, &b.Image)
		ops = member(ops, at+"/securityContext", a.SecurityContext, b.SecurityContext)
		ops = member(ops, at+"/resources", &a.Resources, &b.Resources)
		ops = list(ops, at+"/args", a.Args, b.Args, func(word string) string { return word })
		ops = list(ops, at+"/env", a.Env, b.Env, func(e corev1.EnvVar) string { return e.Name })
		ops = list(ops, at+"/volumeMounts", a.VolumeMounts, b.VolumeMounts, mountKey)
	}
	return ops
}

func mountKey(m corev1.VolumeMount) string { return m.Name + "\x00" + m.MountPath }

// member sets a member of an object. "add" also replaces an existing member.
func member[T any](ops []Operation, path string, before, after *T) []Operation {
	if same(before, after) {
		return ops
	}
	return append(ops, Operation{"add", path, after})
}

// list changes a list in which mutation removes, changes and appends elements, but never
// moves one. Elements are removed from the end, so that the indices of those before stay
// correct.
func list[T any](ops []Operation, path string, before, after []T, key func(T) string) []Operation {
	if len(before) == 0 {
		if len(after) > 0 {
			ops = append(ops, Operation{"add", path, after})
		}
		return ops
	}
	var kept []T
	next := 0
	var drops []Operation
	for i := range before {
		if next < len(after) && key(before[i]) == key(after[next]) {
			kept = append(kept, before[i])
			next++
			continue
		}
		drops = append(drops, Operation{Op: "remove", Path: path + "/" + strconv.Itoa(i)})
	}
	for _, drop := range slices.Backward(drops) {
		ops = append(ops, drop)
	}
	for i := range kept {
		if !same(&kept[i], &after[i]) {
			ops = append(ops, Operation{"replace", path + "/" + strconv.Itoa(i), after[i]})
		}
	}
	for _, added := range after[len(kept):] {
		ops = append(ops, Operation{"add", path + "/-", added})
	}
	return ops
}

// same compares a part of a pod with that of its changed copy. Most are identical, which is
// found in a third of the time that comparing their meaning takes.
func same(before, after any) bool {
	return reflect.DeepEqual(before, after) || equality.Semantic.DeepEqual(before, after)
}
