package nvflare

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestAKitTooLarge(t *testing.T) {
	f := newFederation(t, kittest.WithAddress(inCluster, 8002))
	k := f.Client("site-1", "hospital_a").Read()
	k.Startup = append(k.Startup, kit.File{Name: "client_context.tenseal", Data: make([]byte, 1<<20)})
	_, err := Workloads{}.Objects(place("x"), workloadstest.Accept(t, k))
	require.ErrorContains(t, err, "the largest file is startup/client_context.tenseal with 1048576 bytes")
}

func TestBinaryLocalFile(t *testing.T) {
	k := newFederation(t).Client("site-1", "hospital_a").Read()
	k.Local = append(k.Local, kit.File{Name: "table.bin", Data: []byte{0xff, 0xfe, 0}})
	set, err := Workloads{}.Objects(place("x"), workloadstest.Accept(t, k))
	require.NoError(t, err)
	cm := set.Objects()[2].(*corev1.ConfigMap)
	require.Contains(t, cm.BinaryData, "table.bin")
	require.NotEmpty(t, cm.Data)
	require.NotContains(t, cm.Data, "table.bin")
}
