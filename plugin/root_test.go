package plugin

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/cmd/util/sanity"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
)

func tree(flags *genericclioptions.ConfigFlags) func(genericiooptions.IOStreams) *cobra.Command {
	return func(streams genericiooptions.IOStreams) *cobra.Command {
		o := DefaultOptions(streams)
		o.ConfigFlags, o.Clock = flags, testingclock.NewFakeClock(time.Now())
		return NewCommand(o)
	}
}

// kubectl's own checks of help texts and flags.
func TestHelpIsAsKubectlDemands(t *testing.T) {
	root := tree(genericclioptions.NewConfigFlags(true))(genericiooptions.NewTestIOStreamsDiscard())
	checks := []sanity.CmdCheck{sanity.CheckLongDesc, sanity.CheckExamples, sanity.CheckFlags}
	for _, err := range sanity.RunCmdChecks(root, checks, []string{"kubectl-flare completion", "kubectl-flare help"}) {
		t.Error(err)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	root := tree(genericclioptions.NewConfigFlags(true))(genericiooptions.NewTestIOStreamsDiscard())
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short is %q", c.CommandPath(), c.Short)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func TestHelpNamesThePlugin(t *testing.T) {
	out, _, err := clientstest.Run(t, tree(genericclioptions.NewConfigFlags(true)), "launch", "--help")
	if err != nil || !strings.Contains(out, "kubectl flare launch KIT --image=IMAGE") {
		t.Errorf("error %v, help:\n%s", err, out)
	}
}

func TestVersionCommand(t *testing.T) {
	out, _, err := clientstest.Run(t, tree(genericclioptions.NewConfigFlags(true)), "version")
	if err != nil || !strings.HasPrefix(out, "kubectl-flare ") {
		t.Errorf("error %v, got %q", err, out)
	}
}

func TestVersionOf(t *testing.T) {
	built := func(version, revision string) *debug.BuildInfo {
		return &debug.BuildInfo{
			Main:     debug.Module{Version: version},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}},
		}
	}
	for want, got := range map[string]string{
		"v1.2.3":    versionOf("v1.2.3", built("v9", "abc")),
		"v0.9.0":    versionOf("", built("v0.9.0", "abc")),
		"devel-abc": versionOf("", built("(devel)", "abc")),
		"devel":     versionOf("", &debug.BuildInfo{}),
		"unknown":   versionOf("", nil),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestArgs(t *testing.T) {
	for name, tc := range map[string]struct{ argv, want []string }{
		"plugin":         {[]string{"/usr/bin/kubectl-flare", "status"}, []string{"status"}},
		"completer":      {[]string{"/usr/bin/kubectl_complete-flare", "logs", ""}, []string{"__complete", "logs", ""}},
		"on Windows":     {[]string{"kubectl_complete-flare.exe", "l"}, []string{"__complete", "l"}},
		"without a name": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Args(tc.argv); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestNamespacesComplete(t *testing.T) {
	server := clientstest.Start(t,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "fl-a"}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}})
	out, _, err := clientstest.Run(t, tree(server.Flags("default")), "__complete", "status", "--namespace", "fl")
	if err != nil || !strings.HasPrefix(out, "fl-a\n:") {
		t.Errorf("error %v, got %q", err, out)
	}
}
