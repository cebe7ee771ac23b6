package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

const (
	image    = "registry.test/flare-webhook@sha256:1111111111111111111111111111111111111111111111111111111111111111"
	kitImage = "registry.test/flare-kit@sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

func prefixes(t *testing.T) []string {
	t.Helper()
	profiles, err := policies.DefaultProfiles()
	require.NoError(t, err)
	return profiles.Prefixes()
}

// What is committed is what the objects of install give. `make generate` writes it.
func TestGenerated(t *testing.T) {
	files, err := render(prefixes(t))
	require.NoError(t, err)
	for name, want := range files {
		got, err := os.ReadFile("../" + name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is stale: run make generate", name)
	}
}

// The chart renders to exactly what install writes with the same options.
func TestChartIsInstall(t *testing.T) {
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		for n := range 16 {
			o := manifests.Options{Image: image, Certs: certs, Replicas: 2}
			if n&1 != 0 {
				o.KitImage = kitImage
			}
			if n&2 != 0 {
				o.ClientCA, o.ClientNames = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", []string{"kube-apiserver", `odd "name"`}
			}
			if n&4 != 0 {
				o.ClusterDNS, o.ClusterDomain = "openshift-dns/dns.operator.openshift.io/daemonset-dns=default:5353", "corp.example"
				o.Replicas, o.APIServerPorts = 3, []int64{16443, 8443}
			}
			o.Monitoring, o.PlatformUser = n&8 != 0, n&1 != 0
			t.Run(fmt.Sprintf("%s-%d", certs, n), func(t *testing.T) {
				same(t, installed(t, o), charted(t, o, manifests.Namespace))
			})
		}
	}
}

// In another namespace, the chart also has the namespace of the webhook.
func TestChartHasNamespace(t *testing.T) {
	o := manifests.Options{Image: image, Certs: manifests.SelfSigned, Replicas: 2}
	require.Contains(t, slices.Collect(maps.Keys(charted(t, o, "default"))), "Namespace//flare-system")
}

func TestBadValues(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"no image":           {func(v map[string]any) { delete(v, "image") }, "image"},
		"an image by tag":    {func(v map[string]any) { v["image"] = "flare-webhook:latest" }, "image"},
		"other certificates": {func(v map[string]any) { v["certs"] = "vault" }, "certs"},
		"no port":            {func(v map[string]any) { v["apiServerPorts"] = []int{0} }, "apiServerPorts"},
		"an unknown value":   {func(v map[string]any) { v["replicaCount"] = 3 }, "replicaCount"},
	} {
		v := values(manifests.Options{Image: image, Certs: manifests.SelfSigned, Replicas: 2})
		tc.change(v)
		_, err := template(v, manifests.Namespace)
		require.ErrorContains(t, err, tc.want, name)
	}
}

// kustomize builds the same, with the name of the image that people set.
func TestKustomizationsAreInstall(t *testing.T) {
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../kustomize/"+string(certs))
		require.NoError(t, err)
		text, err := built.AsYaml()
		require.NoError(t, err)
		objects, err := all(prefixes(t), manifests.Options{Image: manifests.Webhook, Certs: certs})
		require.NoError(t, err)
		same(t, byKey(t, objects), parse(t, string(text)))
	}
}

func installed(t *testing.T, o manifests.Options) map[string]string {
	t.Helper()
	objects, err := all(prefixes(t), o)
	require.NoError(t, err)
	return byKey(t, slices.DeleteFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Namespace" }))
}

func values(o manifests.Options) map[string]any {
	return map[string]any{
		"image": o.Image, "kitImage": o.KitImage, "certs": string(o.Certs), "clientCA": o.ClientCA, "clientNames": o.ClientNames, "replicas": o.Replicas, "apiServerPorts": append([]int64{}, o.APIServerPorts...), "monitoring": o.Monitoring, "platformUser": o.PlatformUser, "clusterDNS": o.ClusterDNS, "clusterDomain": o.ClusterDomain,
	}
}

func charted(t *testing.T, o manifests.Options, namespace string) map[string]string {
	t.Helper()
	text, err := template(values(o), namespace)
	require.NoError(t, err)
	return parse(t, text)
}

// template is `helm template`, by Helm's own library.
func template(with map[string]any, namespace string) (string, error) {
	chart, err := loader.Load("../helm/flare-webhook")
	if err != nil {
		return "", err
	}
	// As if from a file: numbers and lists are of the types of JSON.
	data, err := json.Marshal(with)
	if err != nil {
		return "", err
	}
	given, err := chartutil.ReadValues(data)
	if err != nil {
		return "", err
	}
	full, err := chartutil.ToRenderValues(chart, given, chartutil.ReleaseOptions{Name: "flare", Namespace: namespace}, nil)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(chart, full)
	return files["flare-webhook/templates/objects.yaml"], err
}

func parse(t *testing.T, text string) map[string]string {
	t.Helper()
	var objects []*unstructured.Unstructured
	for document := range strings.SplitSeq("\n"+text, "\n---\n") {
		object := &unstructured.Unstructured{}
		require.NoError(t, yaml.Unmarshal([]byte(document), &object.Object))
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
	return byKey(t, objects)
}

// byKey has each object as JSON, without what keeps Helm from deleting SitePolicies.
func byKey(t *testing.T, objects []*unstructured.Unstructured) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, object := range objects {
		annotations := object.GetAnnotations()
		delete(annotations, "helm.sh/resource-policy")
		object.SetAnnotations(annotations)
		data, err := json.Marshal(object.Object)
		require.NoError(t, err)
		key := object.GetKind() + "/" + object.GetNamespace() + "/" + object.GetName()
		require.NotContains(t, all, key)
		all[key] = string(data)
	}
	return all
}

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	require.ElementsMatch(t, slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(got)))
	for key, text := range want {
		require.JSONEq(t, text, got[key], key)
	}
}
