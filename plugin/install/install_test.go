package install

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func install(t *testing.T, args ...string) (out, errOut string, err error) {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(clientstest.NoCluster(), known, streams)
	}, args...)
}

func TestClientDryRunNeedsNoCluster(t *testing.T) {
	for certs, want := range map[string]string{"cert-manager": "certificate.cert-manager.io/flare-webhook", "self-signed": "secret/flare-webhook-certificates"} {
		out, _, err := install(t, "--image=x", "--certs="+certs, "--dry-run=client")
		if err != nil || !strings.HasPrefix(out, "namespace/flare-system created (dry run)\n") || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", certs, err, out)
		}
		out, _, err = install(t, "--image=registry.test/w", "--certs="+certs, "--dry-run=client", "-o=yaml")
		if err != nil || !strings.Contains(out, "image: registry.test/w\n") || !strings.Contains(out, "kind: CustomResourceDefinition") {
			t.Errorf("%s: %v", certs, err)
		}
	}
}

func TestBadFlags(t *testing.T) {
	_, _, err := install(t, "--kit-image=x:1", "--certs=magic", "--client-name=x", "--dry-run=client")
	for _, want := range []string{"--image is missing", "--kit-image", "--certs is \"magic\"", "--client-name needs --client-ca"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from %v", want, err)
		}
	}
}

func TestClientAuthority(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.crt")
	args := []string{"--image=x", "--certs=self-signed", "--client-ca=" + file, "--client-name=api", "--dry-run=client", "-o=yaml"}
	_, _, err := install(t, args...)
	require.ErrorContains(t, err, "--client-ca: ")
	require.NoError(t, os.WriteFile(file, []byte("words"), 0o600))
	_, _, err = install(t, args...)
	require.ErrorContains(t, err, "no certificates in PEM")
	authority := kittest.NewFederation(t, "x").Root
	require.NoError(t, os.WriteFile(file, pki.EncodeCertificate(authority), 0o600))
	out, _, err := install(t, args...)
	require.NoError(t, err)
	require.Contains(t, out, "- --client-name=api")
	require.Contains(t, out, "name: flare-webhook-client-ca")
}

// The webhook reaches the API server at the port that the cluster has, wherever that is.
func TestAPIServerPorts(t *testing.T) {
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "kubernetes", Labels: map[string]string{discoveryv1.LabelServiceName: "kubernetes"}},
		Ports:      []discoveryv1.EndpointPort{{Port: new(int32(16443))}, {Port: new(int32(6443))}, {Port: new(int32(16443))}},
	}
	for name, tc := range map[string]struct {
		given, want []int64
		slices      []runtime.Object
	}{
		"of the cluster": {nil, []int64{16443}, []runtime.Object{slice}},
		"given":          {[]int64{7443}, []int64{7443}, []runtime.Object{slice}},
		"no endpoints":   {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := &Options{APIServerPorts: tc.given, Printer: output.NewPrinter(), clients: clientstest.Start(t, tc.slices...).Clients("default")}
			ports, err := o.apiServerPorts(t.Context())
			require.NoError(t, err)
			require.Equal(t, tc.want, ports)
		})
	}
	out, _, err := install(t, "--image=x", "--certs=self-signed", "--api-server-port=16443", "--dry-run=client", "-o=yaml")
	require.NoError(t, err)
	require.Contains(t, out, "    - port: 6443\n    - port: 16443\n")
	_, _, err = install(t, "--image=x", "--certs=self-signed", "--api-server-port=0", "--dry-run=client")
	require.ErrorContains(t, err, "--api-server-port 0 is not a port")
}

// The platform assigns users where it has what OpenShift has.
func TestPlatformUser(t *testing.T) {
	out, _, err := install(t, "--image=x", "--certs=cert-manager", "--dry-run=client", "-o=yaml")
	require.NoError(t, err)
	require.Contains(t, out, "runAsUser: 65532")
	require.Contains(t, out, "fsGroup: 65532")
	out, _, err = install(t, "--image=x", "--certs=cert-manager", "--run-as-user=platform", "--dry-run=client", "-o=yaml")
	require.NoError(t, err)
	require.NotContains(t, out, "65532")
	require.Contains(t, out, "runAsNonRoot: true")
	_, _, err = install(t, "--image=x", "--certs=self-signed", "--run-as-user=0", "--dry-run=client")
	require.ErrorContains(t, err, "give platform, or leave it out")
	require.True(t, onOpenShift(&metav1.APIGroupList{Groups: []metav1.APIGroup{{Name: "apps"}, {Name: "security.openshift.io"}}}))
	o := &Options{Printer: output.NewPrinter(), clients: clientstest.Start(t).Clients("default")}
	platform, err := o.platformUser()
	require.NoError(t, err)
	require.False(t, platform)
	require.Nil(t, probe().Spec.SecurityContext.RunAsUser, "a platform would deny it before the webhook is asked")
}

// The webhook learns which pods are the cluster's DNS.
func TestClusterDNS(t *testing.T) {
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "kube-dns"}, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app": "coredns"}, Ports: []corev1.ServicePort{{Port: 53, TargetPort: intstr.FromInt32(1053)}},
	}}
	o := &Options{Printer: output.NewPrinter(), clients: clientstest.Start(t, service).Clients("default")}
	dns, err := o.clusterDNS(t.Context())
	require.NoError(t, err)
	require.Equal(t, "kube-system/app=coredns:1053", dns)
	out, _, err := install(t, "--image=x", "--certs=self-signed", "--cluster-dns=dns/a=b", "--cluster-domain=corp.example", "--dry-run=client", "-o=yaml")
	require.NoError(t, err)
	require.Contains(t, out, "- --cluster-dns=dns/a=b")
	require.Contains(t, out, "- --cluster-domain=corp.example")
}

// The registrations go first and the namespace last.
func TestOrderOfUninstall(t *testing.T) {
	o := &UninstallOptions{}
	objects, err := o.objects()
	if err != nil {
		t.Fatal(err)
	}
	if first, last := objects[0].GetKind(), objects[len(objects)-1].GetKind(); !strings.HasSuffix(first, "WebhookConfiguration") || last != "Namespace" {
		t.Errorf("%s first, %s last", first, last)
	}
	for _, object := range objects {
		if object.GetKind() == "CustomResourceDefinition" {
			t.Error("SitePolicies would be deleted")
		}
	}
	o.DeletePolicies = true
	all, err := o.objects()
	if err != nil || len(all) != len(objects)+1 {
		t.Errorf("%d of %d, %v", len(all), len(objects), err)
	}
}

func uninstall(t *testing.T, c clients.Clients, args ...string) (out, errOut string) {
	t.Helper()
	out, errOut, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewUninstallCommand(c, streams)
	}, args...)
	require.NoError(t, err)
	return out, errOut
}

// Uninstall deletes what is there, names the namespaces that lose their protection, and
// skips kinds that the cluster does not have.
func TestUninstall(t *testing.T) {
	meta := metav1.ObjectMeta{Namespace: manifests.Namespace, Name: manifests.Webhook}
	server := clientstest.Start(t,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: manifests.Namespace}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "fl", Labels: map[string]string{names.LabelSitePolicy: "a"}}},
		&appsv1.Deployment{ObjectMeta: meta}, &corev1.Service{ObjectMeta: meta},
	)
	const deleted = "service/flare-webhook deleted%[1]s\ndeployment.apps/flare-webhook deleted%[1]s\nnamespace/flare-system deleted%[1]s\n"
	out, errOut := uninstall(t, server.Clients("default"), "--dry-run=server")
	require.Equal(t, fmt.Sprintf(deleted, " (server dry run)"), out)
	require.Contains(t, errOut, `namespace "fl" is governed`)
	require.Empty(t, server.Writes())

	out, _ = uninstall(t, server.Clients("default"))
	require.Equal(t, fmt.Sprintf(deleted, ""), out)
	out, _ = uninstall(t, server.Clients("default"))
	require.Empty(t, out)
}

func TestUninstallWithoutCluster(t *testing.T) {
	out, errOut := uninstall(t, clientstest.NoCluster(), "--dry-run=client")
	require.Contains(t, out, "validatingwebhookconfiguration.admissionregistration.k8s.io/flare-webhook deleted (dry run)\n")
	require.NotContains(t, out, "customresourcedefinition")
	require.Empty(t, errOut)
	out, _ = uninstall(t, clientstest.NoCluster(), "--dry-run=client", "--delete-policies", "-o=name")
	require.Contains(t, out, "customresourcedefinition.apiextensions.k8s.io/sitepolicies.kubectl-flare.dev\n")
}

func TestDenialIsOurs(t *testing.T) {
	for text, want := range map[string]bool{
		`admission webhook "` + manifests.PodsWebhook + `" denied the request: SitePolicy x: …`:       true,
		`Internal error occurred: failed calling webhook "` + manifests.PodsWebhook + `": no service`: false,
		`pods "probe" is forbidden: error looking up service account`:                                 false,
	} {
		if got := deniedByWebhook(textError(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

type textError string

func (e textError) Error() string { return string(e) }
