//go:build integration

package admission

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook"
	"github.com/kubectl-flare/kubectl-flare/webhook/certificates"
	sitestatus "github.com/kubectl-flare/kubectl-flare/webhook/status"
)

// replica is another replica of the webhook, with its rights. No one sends it reviews.
func replica(t *testing.T, name string) *line {
	t.Helper()
	way := newLine()
	config := rest.CopyConfig(world.config)
	config.Dial = way.dial
	config.Impersonate = rest.ImpersonationConfig{
		UserName: "system:serviceaccount:flare-system:flare-webhook",
		Groups:   []string{"system:serviceaccounts", "system:serviceaccounts:flare-system", "system:authenticated"},
	}
	listen := func() net.Listener {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		return listener
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	reviews, health := listen(), listen()
	go func() {
		ended <- webhook.Run(ctx, webhook.Options{
			Config: config, Reviews: reviews, Health: health,
			SelfSigned: certificates.SelfSignedOptions{
				Namespace: "flare-system", Secret: "flare-webhook-certificates", Configuration: "flare-webhook", DNSNames: []string{"localhost"}, Every: time.Second,
			},
			Election: sitestatus.Election{Namespace: "flare-system", Lease: "flare-webhook", Identity: name, LeaseDuration: 2 * time.Second},
			Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
	}()
	t.Cleanup(func() {
		way.restore()
		cancel()
		require.NoError(t, <-ended)
	})
	return way
}

func sitePolicy(t *testing.T, name string) *v1alpha1.SitePolicy {
	t.Helper()
	object, err := world.dynamic.Resource(sitePolicies()).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	policy := &v1alpha1.SitePolicy{}
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, policy))
	return policy
}

// has waits until a condition has a status and a reason.
func has(t *testing.T, policy, kind, want string) {
	t.Helper()
	within(t, 20*time.Second, kind+" is "+want, func() bool {
		c := meta.FindStatusCondition(sitePolicy(t, policy).Status.Conditions, kind)
		return c != nil && string(c.Status)+" "+c.Reason == want
	})
}

func holder(t *testing.T) string {
	t.Helper()
	lease, err := world.typed.CoordinationV1().Leases("flare-system").Get(t.Context(), "flare-webhook", metav1.GetOptions{})
	if err != nil {
		lease = &coordinationv1.Lease{}
	}
	if lease.Spec.HolderIdentity == nil {
		return ""
	}
	return *lease.Spec.HolderIdentity
}

// TestStatus: of two replicas one writes the status, with the webhook's few rights; when it
// dies the other one goes on.
func TestStatus(t *testing.T) {
	replicas := map[string]*line{"a": replica(t, "a"), "b": replica(t, "b")}
	createPolicy(t, policyOf("status"))
	has(t, "status", v1alpha1.ConditionAccepted, "True Valid")
	has(t, "status", v1alpha1.ConditionEnforced, "False NoNamespace")
	ns := createNamespace(t, "fl-status", "status")
	has(t, "status", v1alpha1.ConditionEnforced, "True Enforcing")
	has(t, "status", v1alpha1.ConditionDegraded, "True NoAccess")
	require.Equal(t, v1alpha1.GovernedNamespaces{Count: 1, Names: []string{ns}}, sitePolicy(t, "status").Status.GovernedNamespaces)

	// Another policy's status shows that the writer has looked at all of them once more.
	before := sitePolicy(t, "status")
	createPolicy(t, policyOf("status-other"))
	has(t, "status-other", v1alpha1.ConditionAccepted, "True Valid")
	require.Equal(t, before.ResourceVersion, sitePolicy(t, "status").ResourceVersion, "it was written though nothing changed")

	leader := holder(t)
	require.Contains(t, replicas, leader)
	replicas[leader].cut()
	within(t, 20*time.Second, "another leader", func() bool { return holder(t) != leader && holder(t) != "" })
	_, err := world.dynamic.Resource(sitePolicies()).Patch(t.Context(), "status", types.MergePatchType, []byte(`{"spec":{"enforcement":"Warn"}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	has(t, "status", v1alpha1.ConditionEnforced, "False NotEnforcing")
	require.EqualValues(t, 2, sitePolicy(t, "status").Status.ObservedGeneration)
}

// TestStatusOfKits: the kits that pods use are known without a list of Secrets.
func TestStatusOfKits(t *testing.T) {
	ns := createNamespace(t, "fl-expiry", "")
	f := kittest.NewFederation(t, "expiry", kittest.WithAddress("server1.fl-server.svc", 8002))
	_, errOut, err := flare(t, "", "site", "add", ns, "--root-fingerprint="+pki.Fingerprint(f.Root), "--participant=site-1", "--image="+image,
		"--server-namespace=fl-server", "--admin=site-expiry")
	require.NoError(t, err, errOut)
	now := time.Now()
	k := f.Client("site-1", "hospital_a", kittest.WithDates(now.Add(-time.Hour), now.Add(48*time.Hour)))
	k.Seal(t, f.Sealer("lead"))
	dir := k.WriteDir(t)
	_, errOut, err = flare(t, "site-expiry", "kit", "inject", dir, "-n", ns)
	require.NoError(t, err, errOut)
	_, errOut, err = flare(t, "site-expiry", "launch", dir, "-n", ns, "--image=registry.test/nvflare:2.9.0", "--wait=false")
	require.NoError(t, err, errOut)
	d, err := world.typed.AppsV1().Deployments(ns).Get(t.Context(), "site-1", metav1.GetOptions{})
	require.NoError(t, err)
	pod := podOf("site-1-0")
	pod.Labels, pod.Spec = d.Spec.Template.Labels, d.Spec.Template.Spec
	pod.Annotations = d.Spec.Template.Annotations
	_, err = world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)

	replica(t, "c")
	has(t, ns, v1alpha1.ConditionDegraded, "True KitsExpire")
	kits := sitePolicy(t, ns).Status.ExpiringKits
	require.EqualValues(t, 1, kits.Count)
	require.Equal(t, ns, kits.Items[0].Namespace)
	require.Equal(t, kit.SecretName(k.Read()), kits.Items[0].SecretName)
	require.Equal(t, "site-1", kits.Items[0].Participant)
}
