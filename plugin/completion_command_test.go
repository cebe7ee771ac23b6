package plugin

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func TestCompleter(t *testing.T) {
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	require.NoError(t, writeCompleter(streams, "", "linux"))
	require.Equal(t, completerScript, out.String())

	dir := t.TempDir()
	require.NoError(t, writeCompleter(streams, dir, "linux"))
	require.NoError(t, writeCompleter(streams, dir, "linux"), "again")
	require.NoError(t, writeCompleter(streams, dir, "windows"))
	require.FileExists(t, filepath.Join(dir, "kubectl_complete-flare.cmd"))
	require.ErrorContains(t, writeCompleter(streams, filepath.Join(dir, "none"), "linux"), "cannot write ")

	// What kubectl runs reaches the plugin with its arguments as they are.
	kubectl := "#!/bin/sh\nprintf '%s|' \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kubectl"), []byte(kubectl), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	got, err := exec.Command("kubectl_complete-flare", "launch", "a b", "").Output()
	require.NoError(t, err)
	require.Equal(t, "flare|__complete|launch|a b||", string(got))
}
