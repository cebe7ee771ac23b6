package checks_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	framework "github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

// pair is a valid pod of toy with two containers, at a site with two frameworks.
type pair struct {
	pod   *corev1.Pod
	facts facts.Facts
	site  *compiled.Policy
}

func newPair(t *testing.T) *pair {
	t.Helper()
	known, err := profiles.NewRegistry(nvflare.Profile{}, toy.Profile{})
	require.NoError(t, err)
	policy := policiestest.Policy(t)
	site, errs := compiled.New(policy, compiled.Tools{Profiles: known, Frameworks: frameworks.Default()})
	require.Empty(t, errs)
	f := policiestest.Facts(policy)
	kit := f.Kits[policiestest.ClientKit]
	kit.Framework, kit.Role = framework.Name, framework.RoleLeaf
	f.Kits[policiestest.ClientKit] = kit
	for name, local := range f.Locals {
		local.Identity = kit.Identity()
		f.Locals[name] = local
	}
	limits := corev1.ResourceList{"cpu": resource.MustParse("1"), "memory": resource.MustParse("1Gi")}
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		Containers: []corev1.Container{
			{Name: "toy", Image: repository + digest, Command: []string{"/toy"}, Args: []string{"serve", "--participant=Site_2", "--kit=/toy/startup"}},
			{Name: "relay", Image: repository + digest, Command: []string{"/toy", "relay"}, Resources: corev1.ResourceRequirements{Limits: limits}},
		},
		Volumes: []corev1.Volume{{Name: "kit", VolumeSource: secret(policiestest.ClientKit)}},
	}}
	pod.Namespace, pod.Name = policiestest.Namespace, "site-2-0"
	return &pair{mutation.Mutate(pod, site, f), f, site}
}

func (p *pair) run(t *testing.T) []checks.Result {
	t.Helper()
	request := checks.Request{Namespace: policiestest.Namespace, User: "system:serviceaccount:kube-system:replicaset-controller", Create: true}
	return policiestest.Checks(t).Run(checks.NewPod(p.pod, p.site, &p.facts, request))
}

func (p *pair) container(i int) *corev1.Container { return &p.pod.Spec.Containers[i] }

// Each container has its own demands.
func TestPodsOfTwoContainers(t *testing.T) {
	kitMount := corev1.VolumeMount{Name: "kit", MountPath: "/toy/startup", ReadOnly: true}
	for name, tc := range map[string]struct {
		change func(*pair)
		want   []string
	}{
		"as demanded":           {func(*pair) {}, nil},
		"in another order":      {func(p *pair) { slices.Reverse(p.pod.Spec.Containers) }, nil},
		"under other names":     {func(p *pair) { p.container(0).Name, p.container(1).Name = "a", "b" }, nil},
		"without the relay":     {func(p *pair) { p.pod.Spec.Containers = p.pod.Spec.Containers[:1] }, []string{"containers: no container of the pod runs /toy relay"}},
		"without the process":   {func(p *pair) { p.pod.Spec.Containers = p.pod.Spec.Containers[1:] }, []string{"command: does not run a process of toy"}},
		"two relays":            {func(p *pair) { p.add(1, "again") }, []string{"containers: a participant's pod has 2 containers", "resources: "}},
		"two processes":         {func(p *pair) { p.add(0, "again") }, []string{"containers: a participant's pod has 2 containers", "kit-mount: a second mount", "resources: "}},
		"an unknown one":        {func(p *pair) { p.add(1, "x"); p.container(2).Command = []string{"/bin/sh"} }, []string{"containers: an additional container", "resources: "}},
		"a relay that works":    {func(p *pair) { p.container(1).Command = []string{"/toy", "work"} }, []string{"containers: an additional container", "containers: no container of the pod runs /toy relay"}},
		"a relay with more":     {func(p *pair) { p.container(1).Args = []string{"--listen=0.0.0.0"} }, []string{`command: container "relay"`}},
		"a relay's variable":    {func(p *pair) { p.container(1).Env = []corev1.EnvVar{{Name: "LD_PRELOAD", Value: "x"}} }, []string{`environment: container "relay"`}},
		"a relay with the kit":  {func(p *pair) { p.mount(1, kitMount) }, []string{`kit-mount: container "relay"`, "mounts: nothing may be mounted there"}},
		"a shared scratch":      {func(p *pair) { p.container(1).VolumeMounts[0].Name = "tmp" }, []string{`mounts: container "relay" (spec.containers[1].volumeMounts[0]): the scratch space of another container: "tmp" is that of container "toy"`}},
		"a relay with a claim":  {func(p *pair) { p.mount(1, corev1.VolumeMount{Name: "workspace", MountPath: "/workspace"}) }, []string{"mounts: mount at no path: remove the mount"}},
		"a relay's own image":   {func(p *pair) { p.container(1).Image = "busybox" }, []string{`images: container "relay"`}},
		"a relay as root":       {func(p *pair) { p.container(1).SecurityContext.RunAsUser = new(int64(1)) }, []string{`user: container "relay"`}},
		"a relay without limit": {func(p *pair) { p.container(1).Resources.Limits = nil }, []string{"resources: set a limit for"}},
		"more than allowed":     {func(p *pair) { p.container(1).Resources.Limits["cpu"] = resource.MustParse("64") }, []string{"resources: limits.cpu is"}},
		"the kit not mounted":   {func(p *pair) { p.container(0).VolumeMounts = dropMount(p.container(0).VolumeMounts, "/toy/startup") }, []string{`kit-mount: container "toy" (spec.containers[0].volumeMounts): the kit is not mounted`}},
		"another's process":     {func(p *pair) { p.container(0).Args = []string{"nvflare.private.fed.app.client.client_train"} }, []string{"command: belong to several frameworks"}},
		"another's, alone": {func(p *pair) {
			p.pod.Spec.Containers = p.pod.Spec.Containers[:1]
			p.container(0).Command, p.container(0).Args = []string{"python"}, []string{"nvflare.private.fed.app.client.client_train"}
		}, []string{"command: does not run a process of toy"}},
		"an unknown framework": {func(p *pair) { p.changeKit(func(k *facts.KitFact) { k.Framework = "other" }) }, []string{`framework: the framework is not supported: the kit is of "other"`, "command: does not run a process of other"}},
		"another participant":  {func(p *pair) { p.container(0).Args[1] = "--participant=site-1" }, []string{"command: the command must be"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			require.Empty(t, p.run(t))
			tc.change(p)
			compare(t, p.run(t), tc.want)
		})
	}
}

// add appends a copy of a container.
func (p *pair) add(i int, name string) {
	c := *p.container(i).DeepCopy()
	c.Name = name
	p.pod.Spec.Containers = append(p.pod.Spec.Containers, c)
}

func (p *pair) mount(i int, m corev1.VolumeMount) {
	p.container(i).VolumeMounts = append(p.container(i).VolumeMounts, m)
}

func (p *pair) changeKit(change func(*facts.KitFact)) {
	k := p.facts.Kits[policiestest.ClientKit]
	change(k)
	p.facts.Kits[policiestest.ClientKit] = k
}

func dropMount(all []corev1.VolumeMount, path string) []corev1.VolumeMount {
	return slices.DeleteFunc(slices.Clone(all), func(m corev1.VolumeMount) bool { return m.MountPath == path })
}

// The kit and the commands of a pod decide what it is, never its labels.
func TestWorkload(t *testing.T) {
	p := newPair(t)
	p.pod.Labels = map[string]string{"kubectl-flare.dev/role": "admin", "kubectl-flare.dev/framework": "nvflare"}
	seen := checks.NewPod(p.pod, p.site, &p.facts, checks.Request{})
	require.True(t, seen.Federated)
	require.Equal(t, framework.Name, seen.Profile.Framework())
	require.Equal(t, "leaf", string(seen.Role()))
	require.True(t, seen.Complete())
	require.False(t, seen.IsLauncher())
	require.Equal(t, []string{"identity.key", "identity.pub", "toy.json"}, seen.KitFiles())

	other := checks.NewPod(policiestest.OtherPod(t), p.site, &p.facts, checks.Request{})
	require.False(t, other.Federated)
	require.Nil(t, other.Profile)
	require.Empty(t, other.Role())
	require.False(t, other.Complete())

	// Without its kit, a process is recognised, but has no demands.
	p.facts.Kits = nil
	lost := checks.NewPod(p.pod, p.site, &p.facts, checks.Request{})
	require.True(t, lost.Federated)
	require.Equal(t, framework.Name, lost.Profile.Framework())
	require.Empty(t, lost.Role())
	require.False(t, lost.Complete())
	require.Nil(t, lost.KitFiles())
}
