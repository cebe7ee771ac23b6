package delete

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	flowerworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/flower"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
)

// launch adds what a launcher has made: its job pod, as the webhook labels it, the Secret
// with its copy of the kit, and what gives it its permissions.
func launch(server *clientstest.Server, participant, object, secret string) {
	at := metav1.ObjectMeta{Namespace: "fl", Name: "job-" + object, Labels: map[string]string{
		"kubectl-flare.dev/participant": participant, "kubectl-flare.dev/role": "job",
	}}
	server.Put(&corev1.Pod{ObjectMeta: at, Status: corev1.PodStatus{Phase: corev1.PodSucceeded}})
	server.Put(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "fl", Name: secret}})
	access := metav1.ObjectMeta{Namespace: "fl", Name: object + "-launcher", Labels: map[string]string{
		"kubectl-flare.dev/participant": participant, "app.kubernetes.io/managed-by": "kubectl-flare",
	}, Annotations: map[string]string{"kubectl-flare.dev/participant-name": participant}}
	server.Put(&rbacv1.Role{ObjectMeta: access, Rules: workloads.LauncherRules()})
	server.Put(&rbacv1.RoleBinding{ObjectMeta: access, RoleRef: rbacv1.RoleRef{Kind: "Role", Name: access.Name}})
}

func TestDeleteWhatLaunchersMade(t *testing.T) {
	f := federation(t)
	server := cluster(t, f.Client("Site_2", "hospital_b"), f.Client("site-1", "hospital_a"))
	launch(server, "Site_2", "site-2-809cb9ad", "nvflare-startup-site2-809cb9ad")
	launch(server, "site-1", "site-1", "nvflare-startup-site-1-f505dccd")
	_, _, err := run(t, server, "Site_2")
	require.NoError(t, err)
	writes := server.Writes()
	for _, want := range []string{
		"delete pods/job-site-2-809cb9ad", "delete secrets/nvflare-startup-site2-809cb9ad",
		"delete roles/site-2-809cb9ad-launcher", "delete rolebindings/site-2-809cb9ad-launcher",
	} {
		require.Contains(t, writes, want)
	}
	require.Less(t, slices.Index(writes, "delete deployments/site-2-809cb9ad"), slices.Index(writes, "delete pods/job-site-2-809cb9ad"),
		"a launcher could make another job pod")
	for _, write := range writes {
		require.NotContains(t, write, "site-1")
	}
}

// Kubernetes deletes the Secret of a job with its pod only if the launcher makes the pod its
// owner.
func TestDeleteSecretsOfJobs(t *testing.T) {
	node, err := workloadstest.Frameworks(t).Read(flowertest.New(t, flowertest.VersionHTTP, "site-1").Kit(flower.RoleClient, "site-1"))
	require.NoError(t, err)
	objects, err := clientstest.LaunchedAs(flowerworkloads.Workloads{}, "fl", workloadstest.Accept(t, node), time.Now())
	require.NoError(t, err)
	server := clientstest.Start(t, objects...)
	launch(server, "site-1", "site-1", "job-site-1-appio")
	server.Put(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "fl", Name: "job-site-2-appio"}})
	_, _, err = run(t, server, "site-1")
	require.NoError(t, err)
	require.Contains(t, server.Writes(), "delete secrets/job-site-1-appio")
	require.NotContains(t, server.Writes(), "delete secrets/job-site-2-appio")
}
