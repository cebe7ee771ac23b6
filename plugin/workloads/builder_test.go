package workloads

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Labels and annotations of the user are on pods, and do not replace those of the kit.
func TestPodMeta(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").Read()
	given := map[string]string{"sidecar.istio.io/inject": "false", names.LabelRole: "server"}
	meta := Builder{Participant: Participant{Settings: Settings{PodLabels: given, PodAnnotations: map[string]string{"linkerd.io/inject": "disabled"}}}, Kit: k}.PodMeta()
	require.Equal(t, "false", meta.Labels["sidecar.istio.io/inject"])
	require.Equal(t, "client", meta.Labels[names.LabelRole])
	require.Equal(t, "disabled", meta.Annotations["linkerd.io/inject"])
	require.Equal(t, "site-1", meta.Annotations[names.AnnotationParticipant])
	require.Equal(t, "server", given[names.LabelRole], "the participant's map was changed")
	require.Equal(t, Labels(k), Builder{Kit: k}.PodMeta().Labels)
}
