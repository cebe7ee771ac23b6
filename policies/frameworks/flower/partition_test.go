package flower_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func TestPartition(t *testing.T) {
	local := flower.DefaultLocal(kit.RoleClient)
	files, err := flower.Framework{}.Partition(local, 1, 3, map[string]string{
		"privacy-budget": "0.5", "dataset": `/data/"a"\b`, "download": "false", "version": "1.2.3", "count": "007", "rate": "-1",
	})
	require.NoError(t, err)
	require.Len(t, files, len(local))
	config, _ := files.Get(flower.NodeConfigFile)
	require.Equal(t, "count = \"007\"\ndataset = \"/data/\\\"a\\\"\\\\b\"\ndownload = false\nnum-partitions = 3\npartition-id = 1\nprivacy-budget = 0.5\nrate = -1\nversion = \"1.2.3\"\n", string(config))
	for key, want := range map[string]string{
		"a b": "the key", "": "the key", "partition-id": "is set for each client", "num-partitions": "is set for each client",
	} {
		_, err := flower.Framework{}.Partition(local, 0, 1, map[string]string{key: "1"})
		require.ErrorContains(t, err, want, key)
	}
	_, err = flower.Framework{}.Partition(local, 0, 1, map[string]string{"a": "b\nc"})
	require.ErrorContains(t, err, "the value of a")
}
