// Package scripts runs the transcripts in testdata/script: what a person types
// and what comes back, against the real command tree and without a cluster.
package scripts

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// TestMain makes the plugin a program of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kubectl-flare": kubectlFlare})
}

// kubectlFlare is what the plugin's main does.
func kubectlFlare() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	cmd := plugin.NewCommand(plugin.DefaultOptions(streams))
	cmd.SetArgs(plugin.Args(os.Args))
	if err := cmd.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../policies/samples")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			// No cluster of the person who runs the tests may be reached.
			env.Setenv("KUBECONFIG", env.WorkDir+"/no-kubeconfig")
			env.Setenv("SAMPLES", samples)
			// Every script has kits of its own: some change them.
			for name, value := range kits(t) {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}

// kits writes a federation's kits and names their folders in variables.
func kits(t *testing.T) map[string]string {
	t.Helper()
	fed := kittest.NewFederation(t, "demo", kittest.WithAddress("server1.fl-server.svc", 8002))
	fed27 := kittest.NewFederation(t, "demo", kittest.WithFamily(nvflare.Family27))
	certificate, key := fed.WriteRoot(t)
	return map[string]string{
		"ROOT_CA": certificate, "ROOT_KEY": key,
		"ROOT":     pki.Fingerprint(fed.Root),
		"ROOT_27":  pki.Fingerprint(fed27.Root),
		"SERVER1":  fed.Server("server1", "lab", "server1.fl-server.svc").WriteDir(t),
		"SITE_1":   fed.Client("site-1", "hospital_a").WriteDir(t),
		"SITE_2":   fed.Client("Site_2", "hospital_b").WriteDir(t),
		"LEAD":     fed.Admin("lead@hospital-a.org", "hospital_a", "lead").WriteDir(t),
		"SIGNED":   fed27.Client("site-1", "hospital_a").WriteDir(t),
		"TAMPERED": fed27.Client("site-1", "hospital_a").With("startup/start.sh", []byte("#!/bin/sh\n")).WriteDir(t),
	}
}
