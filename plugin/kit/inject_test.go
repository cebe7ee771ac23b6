package kit

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func injectInto(t *testing.T, server *clientstest.Server, args ...string) (out, errOut string, err error) {
	t.Helper()
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return newInjectCommand(server.Clients("ns"), frameworks.Default(), streams, clock.RealClock{})
	}, args...)
}

func injectCluster(t *testing.T) *clientstest.Server {
	t.Helper()
	return clientstest.Start(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "ns"}})
}

func TestInjectTwice(t *testing.T) {
	server := injectCluster(t)
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	dir := k.WriteDir(t)
	for _, action := range []string{"created", "unchanged"} {
		out, _, err := injectInto(t, server, dir)
		want := "secret/" + kit.SecretName(k.Read()) + " " + action + "\nconfigmap/" + kit.ConfigMapName(k.Read()) + " " + action + "\n"
		if err != nil || out != want {
			t.Errorf("%v, got:\n%s", err, out)
		}
	}
	secret, ok := server.Get("secrets", "ns", kit.SecretName(k.Read()))
	if !ok || secret.Object["type"] != "kubectl-flare.dev/startup-kit" || secret.Object["immutable"] != true {
		t.Errorf("the Secret is %v", ok)
	}
}

func TestInjectShowsTheKeyOnlyWhenAsked(t *testing.T) {
	server := injectCluster(t)
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	dir := k.WriteDir(t)
	key := base64.StdEncoding.EncodeToString(k.File("startup/client.key"))
	for _, tc := range []struct {
		args  []string
		shown bool
	}{
		{[]string{"--dry-run=client", "-o=yaml"}, false},
		{[]string{"--dry-run=server", "-o=json"}, false},
		{[]string{"-o=yaml"}, false},
		{[]string{"--dry-run=client", "-o=yaml", "--show-secrets"}, true},
	} {
		out, errOut, err := injectInto(t, server, append(tc.args, dir)...)
		if err != nil {
			t.Fatal(err)
		}
		out += errOut
		if strings.Contains(out, key) != tc.shown || strings.Contains(out, "is left out") == tc.shown {
			t.Errorf("%v: the key is shown: %v", tc.args, !tc.shown)
		}
	}
}

func TestInjectRefusesBadKits(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	past := time.Now().AddDate(-2, 0, 0)
	for name, tc := range map[string]struct {
		kit  *kittest.Kit
		args []string
		want string
	}{
		"expired":        {kit: f.Client("site-1", "hospital_a", kittest.WithDates(past, past.AddDate(1, 0, 0))), want: "dates"},
		"another root":   {kit: f.Client("site-1", "hospital_a"), args: []string{"--root-fingerprint=" + strings.Repeat("ab", 32)}, want: "root-pinned"},
		"no fingerprint": {kit: f.Client("site-1", "hospital_a"), args: []string{"--root-fingerprint=ab"}, want: "--root-fingerprint"},
	} {
		t.Run(name, func(t *testing.T) {
			server := injectCluster(t)
			_, _, err := injectInto(t, server, append(tc.args, tc.kit.WriteDir(t))...)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
			if w := server.Writes(); len(w) > 0 {
				t.Errorf("written: %v", w)
			}
		})
	}
}

func TestInjectAcceptsThePinnedRoot(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	_, errOut, err := injectInto(t, injectCluster(t), f.Client("site-1", "hospital_a").WriteDir(t), "--root-fingerprint="+pki.Fingerprint(f.Root))
	if err != nil || strings.Contains(errOut, "root") {
		t.Errorf("%v, %q", err, errOut)
	}
}

// The error for a kit that is too large for a Secret suggests a volume. There the kit needs a
// seal, and its Secret has no key.
func TestInjectALargeKit(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	k := f.Client("site-1", "hospital_a").With("startup/client_context.tenseal", make([]byte, 2<<20))
	kitImage := "--kit-image=registry.test/flare-kit@sha256:" + strings.Repeat("6d", 32)
	_, _, err := injectInto(t, injectCluster(t), k.WriteDir(t))
	if err == nil || !strings.Contains(err.Error(), "put the kit on a volume with --kit-claim") {
		t.Errorf("too large: %v", err)
	}
	_, _, err = injectInto(t, injectCluster(t), k.WriteDir(t), "--kit-claim=flare-kits", kitImage, "--dry-run=client")
	if err == nil || !strings.Contains(err.Error(), "needs a seal") {
		t.Errorf("without a seal: %v", err)
	}
	dir := k.Seal(t, f.Sealer("release")).WriteDir(t)
	out, _, err := injectInto(t, injectCluster(t), dir, "--kit-claim=flare-kits", kitImage, "--dry-run=client", "-o=yaml", "--show-secrets")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kind: PersistentVolumeClaim", "name: flare-kits", "volume.json", "seal.dsse.json", "client.crt"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "client.key") || strings.Contains(out, "tenseal") {
		t.Errorf("more than what is public:\n%s", out)
	}
}
