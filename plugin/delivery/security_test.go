package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
)

// A platform that assigns users would deny a receiver with another one.
func TestUserOfTheReceiver(t *testing.T) {
	assigned := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "assigned", Annotations: map[string]string{"openshift.io/sa.scc.uid-range": "1000700000/10000"}}}
	ordinary := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "ns"}}
	typed, err := clientstest.Start(t, assigned, ordinary).Clients("ns").Typed()
	require.NoError(t, err)
	for _, tc := range []struct {
		namespace string
		given     *bool
		own       bool
	}{{"assigned", nil, false}, {"assigned", new(false), true}, {"ns", nil, true}, {"ns", new(true), false}, {"missing", nil, true}} {
		d := &Deliver{PlatformUser: tc.given}
		require.Equal(t, tc.own, d.security(t.Context(), typed, tc.namespace).RunAsUser != nil, tc.namespace)
	}
}
