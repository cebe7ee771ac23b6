package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// podAttacks are pods like the first site's client, each with one thing changed.
func (g *Governed) podAttacks(ctx context.Context) ([]Attack, error) {
	client, err := g.ClientPod(ctx)
	if err != nil {
		return nil, err
	}
	main := func(p *corev1.Pod) *corev1.Container { return &p.Spec.Containers[0] }
	data := func(readOnly bool) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			volume(p, DataClaim, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: DataClaim}}, DataMount, readOnly)
		}
	}
	_, digest, _ := strings.Cut(g.Image, "@")
	var attacks []Attack
	for i, a := range []struct {
		name, want string
		change     func(*corev1.Pod)
	}{
		{"hostPath", "hostPath", func(p *corev1.Pod) {
			volume(p, "host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}, "/host", true)
		}},
		{"an unlisted image", "repository is not allowed", func(p *corev1.Pod) { main(p).Image = "registry.lab:5000/evil@" + digest }},
		{"a writable data mount", "the same claim twice", func(p *corev1.Pod) {
			// Mutation makes one mount of the data read-only: so the attacker brings a
			// second volume with the same claim.
			data(true)(p)
			volume(p, "again", corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: DataClaim}}, "/data/w", false)
		}},
		{"a second mount of the kit", "the kit is mounted at another path", func(p *corev1.Pod) {
			main(p).VolumeMounts = append(main(p).VolumeMounts, corev1.VolumeMount{Name: kitVolume(p), MountPath: "/tmp/kit", ReadOnly: true})
		}},
		{"workingDir on the workspace", "workingDir", func(p *corev1.Pod) { main(p).WorkingDir = "/workspace" }},
		{"another folder as the workspace", "another folder of the workspace claim", func(p *corev1.Pod) { main(p).VolumeMounts[0].SubPath = "job" }},
		{"no settings", "local/ is not mounted", func(p *corev1.Pod) {
			main(p).VolumeMounts = slices.DeleteFunc(main(p).VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == "local" })
			p.Spec.Volumes = slices.DeleteFunc(p.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "local" })
		}},
		{"another command", "command", func(p *corev1.Pod) { main(p).Command = []string{"cat"} }},
		{"a variable that brings code", "LD_PRELOAD", func(p *corev1.Pod) {
			main(p).Env = append(main(p).Env, corev1.EnvVar{Name: "LD_PRELOAD", Value: "/workspace/x.so"})
		}},
		{"a kit that is not there", "kit", func(p *corev1.Pod) {
			for i := range p.Spec.Volumes {
				if s := p.Spec.Volumes[i].Secret; s != nil {
					s.SecretName = s.SecretName[:len(s.SecretName)-4] + "0000"
				}
			}
		}},
	} {
		pod := client.DeepCopy()
		a.change(pod)
		file, err := g.write(fmt.Sprintf("pod-%d.json", i), pod)
		if err != nil {
			return nil, err
		}
		attacks = append(attacks, Attack{a.name, []string{g.Kubectl, "--as=" + eve, "create", "-f", file}, a.want})
	}
	return attacks, nil
}

// ClientPod is a pod such as the first site's Deployment makes.
func (g *Governed) ClientPod(ctx context.Context) (*corev1.Pod, error) {
	out, err := Must(ctx, nil, g.Kubectl, "get", "deployment", Site1, "-n", g.Site1Namespace(), "-o", "json")
	if err != nil {
		return nil, err
	}
	var deployment appsv1.Deployment
	if err := json.Unmarshal([]byte(out), &deployment); err != nil {
		return nil, err
	}
	pod := &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
	pod.APIVersion, pod.Kind, pod.Name, pod.Namespace = "v1", "Pod", "attack", g.Site1Namespace()
	return pod, nil
}

// volume adds a volume and a mount of it.
func volume(p *corev1.Pod, name string, source corev1.VolumeSource, at string, readOnly bool) {
	p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
	c := &p.Spec.Containers[0]
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: at, ReadOnly: readOnly})
}

// kitVolume is the name of the volume with the kit's Secret.
func kitVolume(p *corev1.Pod) string {
	for _, v := range p.Spec.Volumes {
		if v.Secret != nil {
			return v.Name
		}
	}
	return ""
}
