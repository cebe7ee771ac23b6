package policies_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// BenchmarkEvaluateFlower evaluates the pod of a SuperNode with a SuperExec.
func BenchmarkEvaluateFlower(b *testing.B) {
	policy := policiestest.Policy(b)
	policy.Spec.Images.Allowed = append(policy.Spec.Images.Allowed, v1alpha1.AllowedImage{
		Repository: "registry.example.org/flower", Tag: "1.42.0", Digest: policy.Spec.Images.Allowed[0].Digest,
	})
	f := policiestest.Facts(policy)
	k := f.Kits[policiestest.ClientKit]
	k.Framework, k.Version, k.Federation, k.Org = flower.Name, "1.42.0", "demo", "lab"
	k.Server.Host, k.Server.Port, k.Server.ServerName = "superlink.fl-server.svc.cluster.local", 9092, "superlink.fl-server.svc.cluster.local"
	for name, local := range f.Locals {
		if local.Identity.Participant == k.Participant {
			local.Identity = k.Identity()
			f.Locals[name] = local
		}
	}
	site := policiestest.Compile(b, policy)
	pod := site.Mutate(superNodePod(b), f)
	b.Run("pod-security-admission/supernode", func(b *testing.B) { benchmarkStandards(b, pod) })
	b.Run("supernode", func(b *testing.B) { benchmark(b, create(pod, controller), site, f) })
}

// superNodePod is the pod that launch writes for the client, with its kit.
func superNodePod(b *testing.B) *corev1.Pod {
	b.Helper()
	data, err := os.ReadFile("../plugin/workloads/flower/testdata/supernode-apart-http.yaml")
	require.NoError(b, err)
	text := strings.NewReplacer("DIGEST32", strings.Repeat("b2", 16), "LOCAL32", strings.Repeat("2b", 16), "DIGEST", strings.Repeat("b2", 32)).Replace(string(data))
	for document := range bytes.SplitSeq([]byte(text), []byte("\n---\n")) {
		d := &appsv1.Deployment{}
		require.NoError(b, yaml.Unmarshal(document, d))
		if d.Kind == "Deployment" {
			pod := &corev1.Pod{ObjectMeta: d.Spec.Template.ObjectMeta, Spec: d.Spec.Template.Spec}
			pod.Namespace, pod.Name = policiestest.Namespace, d.Name+"-0"
			return pod
		}
	}
	b.Fatal("no Deployment")
	return nil
}
