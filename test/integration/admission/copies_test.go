//go:build integration

package admission

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// TestSnapshots: who may make snapshots makes none of what only participants may
// see. The kinds are stand-ins for those of the external snapshotter: of them the
// API server needs to know the names alone.
func TestSnapshots(t *testing.T) {
	single := schema.GroupVersionKind{Group: "snapshot.storage.k8s.io", Version: "v1", Kind: "VolumeSnapshot"}
	group := schema.GroupVersionKind{Group: "groupsnapshot.storage.k8s.io", Version: "v1", Kind: "VolumeGroupSnapshot"}
	_, err := envtest.InstallCRDs(world.config, envtest.CRDInstallOptions{CRDs: []*apiextensionsv1.CustomResourceDefinition{anyKind(single), anyKind(group)}})
	require.NoError(t, err)
	createPolicy(t, policyOf("snapshots"))
	ns := createNamespace(t, "snapshots", "snapshots")
	bindSite(t, ns)
	tenant := user(t, "snapshotter", rbacv1.PolicyRule{APIGroups: []string{single.Group, group.Group}, Resources: []string{"*"}, Verbs: []string{"*"}})
	try := func(kind schema.GroupVersionKind, source string) error {
		body := fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":"s"},"spec":{"source":%s}}`, kind.GroupVersion(), kind.Kind, source)
		return tenant.CoreV1().RESTClient().Post().AbsPath("apis", kind.Group, kind.Version, "namespaces", ns, plural(kind)).
			Param("dryRun", metav1.DryRunAll).SetHeader("Content-Type", "application/json").Body([]byte(body)).Do(t.Context()).Error()
	}
	within(t, 5*time.Second, "a snapshot of no participant's claim is made", func() bool {
		return try(single, `{"persistentVolumeClaimName":"scratch"}`) == nil
	})
	denied(t, try(single, `{"persistentVolumeClaimName":"site-1-workspace"}`), "copies.kubectl-flare.dev", "contains a workspace")
	denied(t, try(group, `{"selector":{"matchLabels":{"a":"b"}}}`), "flare-copies", "by their labels")
}

func plural(kind schema.GroupVersionKind) string { return strings.ToLower(kind.Kind) + "s" }

// anyKind is a kind whose objects may hold anything.
func anyKind(kind schema.GroupVersionKind) *apiextensionsv1.CustomResourceDefinition {
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{
			Name: plural(kind) + "." + kind.Group,
			// The API server wants to see that a *.k8s.io group was thought about.
			Annotations: map[string]string{"api-approved.kubernetes.io": "unapproved, a stand-in of a test"},
		},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: kind.Group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: plural(kind), Singular: strings.ToLower(kind.Kind), Kind: kind.Kind, ListKind: kind.Kind + "List"},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: kind.Version, Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: new(true)}},
			}},
		},
	}
}
