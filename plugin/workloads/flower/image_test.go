package flower

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
)

// TestImages: the tag of an image of Flower says which dialect its processes speak.
func TestImages(t *testing.T) {
	client := accepted(t, flowertest.VersionHTTP, flower.RoleClient, "Site_2")
	const digest = "@sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
	for image, want := range map[string]string{
		"registry.example.org/flower:1.42.0":                "",
		"registry.example.org/flower:1.40.1" + digest:       "",
		"registry.example.org/flower:latest":                "",
		"registry.example.org/flower" + digest:              "",
		"registry.example.org/trainer:1.36.0":               "",
		"flwr/supernode:1.42.0-py3.11-ubuntu24.04":          "",
		"registry.example.org/flower:1.36.0" + digest:       `has Flower 1.36.0, which speaks the dialect grpc, but the kit of "Site_2" is for Flower 1.42.0, which speaks http`,
		"flwr/supernode:1.36.0-py3.11-ubuntu24.04":          "speaks the dialect grpc",
		"registry.example.org:5000/fl/my-flower-gpu:1.38.0": "is 1.38.0, between the dialects",
		"registry.example.org/flower:1.28.0":                "is too old",
	} {
		p := place()
		p.Image = image
		_, err := Workloads{}.Objects(p, client)
		if want == "" {
			require.NoError(t, err, image)
		} else {
			require.ErrorContains(t, err, want, image)
		}
	}
	p := place()
	p.Images = map[string]string{containerProxy: "nginx:1.26.0", containerSuperNode: "registry.example.org/flower:1.36.0"}
	_, err := Workloads{}.Objects(p, client)
	require.ErrorContains(t, err, "speaks the dialect grpc")
}
