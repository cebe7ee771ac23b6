package builtin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
)

func TestDefault(t *testing.T) {
	r := builtin.Default()
	require.Equal(t, []string{"flower", "nvflare"}, r.Names())
	require.Equal(t, "Flower or NVIDIA FLARE", r.Titles())
	require.Equal(t, []int{8002, 8003, 9092, 9093}, r.Ports())
	f, err := r.Get("nvflare")
	require.NoError(t, err)
	require.NotNil(t, f.Joiner)
}
