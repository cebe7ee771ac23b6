package checks_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// amounts are pairs of a resource and a quantity.
func amounts(pairs ...string) corev1.ResourceList {
	all := corev1.ResourceList{}
	for pair := range slices.Chunk(pairs, 2) {
		all[corev1.ResourceName(pair[0])] = resource.MustParse(pair[1])
	}
	return all
}

// A pod uses either all ordinary containers and sidecars together, or the largest init
// container with the sidecars before it. The maximum is 16 cores and 64Gi.
func TestTotals(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	hardened := func(w *world) *corev1.SecurityContext { return w.main().SecurityContext.DeepCopy() }
	step := func(w *world, name, cpu string, restart *corev1.ContainerRestartPolicy) {
		w.Spec.InitContainers = append(w.Spec.InitContainers, corev1.Container{
			Name: name, Image: repository + digest, SecurityContext: hardened(w), RestartPolicy: restart,
			Resources: corev1.ResourceRequirements{Limits: amounts("cpu", cpu, "memory", "1Gi")},
		})
	}
	own := func(w *world, cpu string) {
		w.main().Resources = corev1.ResourceRequirements{Limits: amounts("cpu", cpu, "memory", "1Gi")}
	}
	for name, tc := range map[string]struct {
		change func(*world)
		want   string
	}{
		"the maximum":                 {func(w *world) { own(w, "16") }, ""},
		"a little more":               {func(w *world) { own(w, "16001m") }, "limits.cpu is 16001m"},
		"an init container's maximum": {func(w *world) { own(w, "1"); step(w, "a", "16", nil) }, ""},
		"two, one after the other":    {func(w *world) { own(w, "1"); step(w, "a", "16", nil); step(w, "b", "16", nil) }, ""},
		"an init container's more":    {func(w *world) { own(w, "1"); step(w, "a", "17", nil) }, "limits.cpu is 17"},
		"a sidecar beside":            {func(w *world) { own(w, "8"); step(w, "a", "8", &always) }, ""},
		"a sidecar too much":          {func(w *world) { own(w, "8"); step(w, "a", "9", &always) }, "limits.cpu is 17"},
		"a step after a sidecar":      {func(w *world) { own(w, "1"); step(w, "a", "8", &always); step(w, "b", "9", nil) }, "limits.cpu is 17"},
		"a step before a sidecar":     {func(w *world) { own(w, "1"); step(w, "b", "9", nil); step(w, "a", "8", &always) }, ""},
		"two sidecars":                {func(w *world) { own(w, "1"); step(w, "a", "8", &always); step(w, "b", "8", &always) }, "limits.cpu is 17"},
		"a request above the limit":   {func(w *world) { own(w, "1"); w.main().Resources.Requests = amounts("cpu", "20") }, "limits.cpu is 20"},
		"the whole pod's, smaller": {func(w *world) {
			own(w, "1")
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("cpu", "2")}
		}, ""},
		"the whole pod's, more": {func(w *world) {
			own(w, "1")
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("cpu", "17")}
		}, "limits.cpu is 17"},
		"the whole pod's alone": {func(w *world) {
			w.main().Resources = corev1.ResourceRequirements{}
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("cpu", "2", "memory", "1Gi")}
		}, ""},
		"the whole pod's, for one": {func(w *world) {
			w.main().Resources = corev1.ResourceRequirements{}
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("cpu", "2")}
		}, "set a limit for memory"},
		"no limit": {func(w *world) { w.main().Resources = corev1.ResourceRequirements{Limits: amounts("memory", "1Gi")} }, "set a limit for cpu"},
		"a request is no limit": {func(w *world) {
			w.main().Resources = corev1.ResourceRequirements{Limits: amounts("memory", "1Gi"), Requests: amounts("cpu", "1")}
		}, "set a limit for cpu"},
		"no devices":       {func(w *world) { own(w, "1") }, ""},
		"devices":          {func(w *world) { own(w, "1"); w.main().Resources.Limits["nvidia.com/gpu"] = resource.MustParse("2") }, ""},
		"too many":         {func(w *world) { own(w, "1"); w.main().Resources.Limits["nvidia.com/gpu"] = resource.MustParse("3") }, "limits.nvidia.com/gpu is 3"},
		"by a request":     {func(w *world) { own(w, "1"); w.main().Resources.Requests = amounts("amd.com/gpu", "1") }, `"amd.com/gpu"`},
		"another's device": {func(w *world) { own(w, "1"); w.main().Resources.Limits["amd.com/gpu"] = resource.MustParse("1") }, "a resource that the policy does not list"},
		"huge pages":       {func(w *world) { own(w, "1"); w.main().Resources.Limits["hugepages-1Gi"] = resource.MustParse("1Gi") }, `"hugepages-1Gi"`},
		"huge pages of the whole pod": {func(w *world) {
			own(w, "1")
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("hugepages-2Mi", "64Gi"), Requests: amounts("hugepages-2Mi", "64Gi")}
		}, `spec.resources: a resource that the policy does not list: "hugepages-2Mi"`},
		"listed huge pages of the whole pod": {func(w *world) {
			own(w, "1")
			w.policy.Spec.Resources.Max["hugepages-2Mi"] = resource.MustParse("1Gi")
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: amounts("hugepages-2Mi", "1Gi")}
		}, ""},
		"scratch space is not bounded": {func(w *world) {
			own(w, "1")
			w.main().Resources.Limits["ephemeral-storage"] = resource.MustParse("9Ti")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "client")
			tc.change(w)
			var found []checks.Result
			for _, r := range w.run() {
				if r.ID == checks.IDResources {
					found = append(found, r)
				}
			}
			if tc.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Contains(t, found[0].String(), tc.want)
		})
	}
}

// The order of messages does not depend on that of maps.
func TestOrderOfAmounts(t *testing.T) {
	w := newWorld(t, "client")
	w.main().Resources.Limits = amounts("cpu", "99", "memory", "99Gi", "a.com/x", "1", "b.com/y", "1")
	first := w.run()
	require.Len(t, first, 4)
	for range 20 {
		require.Equal(t, first, w.run())
	}
}

func TestIsDevice(t *testing.T) {
	for name, want := range map[corev1.ResourceName]bool{
		"cpu": false, "memory": false, "ephemeral-storage": false, "requests.cpu": false,
		"nvidia.com/gpu": true, "hugepages-2Mi": true, "storage": true, "": true, "CPU": true,
	} {
		require.Equal(t, want, checks.IsDevice(name), name)
	}
}
