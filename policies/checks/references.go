package checks

import (
	"iter"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// RefKind is the kind of object that a pod refers to.
type RefKind int8

// The kinds of references.
const (
	SecretRef RefKind = iota
	ConfigMapRef
)

// Way is how a pod refers to an object.
type Way int8

// The ways to refer to a Secret or ConfigMap.
const (
	WayVolume Way = iota
	WayProjected
	WayDriver
	WayEnv
	WayEnvFrom
	WayPull
)

// Reference is one reference to a Secret or ConfigMap in a pod.
type Reference struct {
	Kind RefKind
	Way  Way
	Name string
	// Container is set for references from env and envFrom.
	Container Container
	// index and sub say which volume, variable or source it is.
	index, sub int
	// field is the last part of the path.
	field string
}

// Field is the path of the reference below the pod's spec.
func (r Reference) Field() string {
	switch r.Way {
	case WayVolume, WayDriver:
	case WayEnv:
		return r.Container.Field() + "." + indexed("env", r.index) + "." + r.field
	case WayEnvFrom:
		return r.Container.Field() + "." + indexed("envFrom", r.index) + "." + r.field
	case WayPull:
		return indexed("imagePullSecrets", r.index) + ".name"
	case WayProjected:
		return indexed("volumes", r.index) + "." + indexed("projected.sources", r.sub) + "." + r.field
	}
	return indexed("volumes", r.index) + "." + r.field
}

// isKit says whether the reference is to a Secret with the name of a kit.
func (r Reference) isKit() bool {
	return r.Kind == SecretRef && strings.HasPrefix(r.Name, names.PrefixKit)
}

// References visits every mention of a Secret or ConfigMap: the API server's own
// mountable-secrets check once forgot envFrom (CVE-2024-3177).
func References(spec *corev1.PodSpec) iter.Seq[Reference] {
	return func(yield func(Reference) bool) {
		_ = volumeReferences(spec, yield) && containerReferences(spec, yield) && pullReferences(spec, yield)
	}
}

func pullReferences(spec *corev1.PodSpec, yield func(Reference) bool) bool {
	for i := range spec.ImagePullSecrets {
		if !yield(Reference{Kind: SecretRef, Way: WayPull, Name: spec.ImagePullSecrets[i].Name, index: i}) {
			return false
		}
	}
	return true
}

func containerReferences(spec *corev1.PodSpec, yield func(Reference) bool) bool {
	for c := range Containers(spec) {
		if !envReferences(c, yield) || !envFromReferences(c, yield) {
			return false
		}
	}
	return true
}

func envReferences(c Container, yield func(Reference) bool) bool {
	for i := range c.Env {
		from := c.Env[i].ValueFrom
		if from == nil {
			continue
		}
		if s := from.SecretKeyRef; s != nil &&
			!yield(Reference{Kind: SecretRef, Way: WayEnv, Name: s.Name, Container: c, index: i, field: "valueFrom.secretKeyRef.name"}) {
			return false
		}
		if m := from.ConfigMapKeyRef; m != nil &&
			!yield(Reference{Kind: ConfigMapRef, Way: WayEnv, Name: m.Name, Container: c, index: i, field: "valueFrom.configMapKeyRef.name"}) {
			return false
		}
	}
	return true
}

func envFromReferences(c Container, yield func(Reference) bool) bool {
	for i := range c.EnvFrom {
		if s := c.EnvFrom[i].SecretRef; s != nil &&
			!yield(Reference{Kind: SecretRef, Way: WayEnvFrom, Name: s.Name, Container: c, index: i, field: "secretRef.name"}) {
			return false
		}
		if m := c.EnvFrom[i].ConfigMapRef; m != nil &&
			!yield(Reference{Kind: ConfigMapRef, Way: WayEnvFrom, Name: m.Name, Container: c, index: i, field: "configMapRef.name"}) {
			return false
		}
	}
	return true
}
