package profilestest

import (
	"fmt"
	"iter"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// change makes one invalid change to a pod.
type change func(*corev1.PodSpec)

// changes are changes to a participant's pod that must be denied, by name.
func changes(pod *corev1.Pod) iter.Seq2[string, change] {
	return func(yield func(string, change) bool) {
		for i := range pod.Spec.Containers {
			for name, one := range containerChanges(&pod.Spec.Containers[i]) {
				broken := func(s *corev1.PodSpec) { one(&s.Containers[i]) }
				if !yield(fmt.Sprintf("container %d: %s", i, name), broken) {
					return
				}
			}
			missing := func(s *corev1.PodSpec) { s.Containers = slices.Delete(s.Containers, i, i+1) }
			twice := func(s *corev1.PodSpec) {
				further := *s.Containers[i].DeepCopy()
				further.Name += "-2"
				s.Containers = append(s.Containers, further)
			}
			before := func(s *corev1.PodSpec) {
				first := *s.Containers[i].DeepCopy()
				first.Name += "-0"
				s.InitContainers = append(s.InitContainers, first)
			}
			if !yield(fmt.Sprintf("without container %d", i), missing) || !yield(fmt.Sprintf("container %d twice", i), twice) ||
				!yield(fmt.Sprintf("container %d as an init container", i), before) {
				return
			}
		}
	}
}

// containerChange makes one invalid change to a container.
type containerChange func(*corev1.Container)

func containerChanges(c *corev1.Container) map[string]containerChange {
	all := map[string]containerChange{
		"another image": func(c *corev1.Container) { c.Image = "registry.example.org/evil@sha256:" + digits },
		"no command":    func(c *corev1.Container) { c.Command = nil },
		"one word more": func(c *corev1.Container) { c.Args = append(slices.Clone(c.Args), "--more") },
		"LD_PRELOAD": func(c *corev1.Container) {
			c.Env = append(c.Env, corev1.EnvVar{Name: "LD_PRELOAD", Value: "/tmp/x.so"})
		},
		"an expanded value":  func(c *corev1.Container) { c.Env = append(c.Env, corev1.EnvVar{Name: "TZ", Value: "$(X)"}) },
		"a value from a pod": func(c *corev1.Container) { c.Env = append(c.Env, corev1.EnvVar{Name: "TZ", ValueFrom: fromField()}) },
		"a working folder":   func(c *corev1.Container) { c.WorkingDir = "/tmp" },
		"a writable root":    func(c *corev1.Container) { c.SecurityContext.ReadOnlyRootFilesystem = nil },
	}
	for i := range c.Command {
		all[fmt.Sprintf("a longer command[%d]", i)] = func(c *corev1.Container) { c.Command[i] += "$(X)" }
	}
	for i := range c.Args {
		all[fmt.Sprintf("a longer args[%d]", i)] = func(c *corev1.Container) { c.Args[i] += "$(X)" }
		all[fmt.Sprintf("without args[%d]", i)] = func(c *corev1.Container) { c.Args = slices.Delete(c.Args, i, i+1) }
	}
	for i := range c.VolumeMounts {
		at := c.VolumeMounts[i].MountPath
		all["the mount of "+at+" at another path"] = func(c *corev1.Container) { c.VolumeMounts[i].MountPath += "-x" }
		all["the mount of "+at+" over programs"] = func(c *corev1.Container) { c.VolumeMounts[i].MountPath = "/usr/local" }
		all["the mount of "+at+" with a subPathExpr"] = func(c *corev1.Container) { c.VolumeMounts[i].SubPathExpr = "$(X)" }
		if c.VolumeMounts[i].ReadOnly {
			all["the mount of "+at+" writable"] = func(c *corev1.Container) { c.VolumeMounts[i].ReadOnly = false }
		}
	}
	return all
}

// digits are the digits of a digest.
const digits = "0000000000000000000000000000000000000000000000000000000000000000"

func fromField() *corev1.EnvVarSource {
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
}
