package delivery

import (
	"archive/tar"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var image = "registry.test/flare-kit@sha256:" + strings.Repeat("6d", 32)

func TestFlags(t *testing.T) {
	for name, tc := range map[string]struct {
		flags Flags
		want  string
	}{
		"none":           {Flags{}, ""},
		"all":            {Flags{Claim: "flare-kits", Folder: "site-1", Image: image}, ""},
		"no claim":       {Flags{Image: image}, "give --kit-claim too"},
		"folder alone":   {Flags{Folder: "x"}, "give --kit-claim too"},
		"no image":       {Flags{Claim: "flare-kits"}, "--kit-image is missing"},
		"image by a tag": {Flags{Claim: "flare-kits", Image: "registry.test/flare-kit:1"}, "has no digest"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.flags.Validate()
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestPlace(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	made := f.Client("Site_2", "hospital_b")
	plain := workloadstest.Accept(t, made.Read())
	placed, err := (&Flags{}).Place(plain)
	require.NoError(t, err)
	require.Nil(t, kitOf(t, placed).Volume, "a Secret is the default")
	_, err = (&Flags{Claim: "flare-kits"}).Place(plain)
	require.ErrorContains(t, err, "--kit-claim: a kit on a volume needs a seal")

	sealed := workloadstest.Accept(t, made.Seal(t, f.Sealer("release")).Read())
	for folder, want := range map[string]string{"": "site-2-809cb9ad", "eks/site-2": "eks/site-2"} {
		placed, err := (&Flags{Claim: "flare-kits", Folder: folder}).Place(sealed)
		require.NoError(t, err)
		require.Equal(t, kit.Volume{ClaimName: "flare-kits", SubPath: want + "/" + kitOf(t, sealed).Digest()[:32]}, *kitOf(t, placed).Volume)
	}
	_, err = (&Flags{Claim: "flare-kits", Folder: "../up"}).Place(sealed)
	require.ErrorContains(t, err, "is not a valid folder of a claim")
	_, err = (&Flags{Claim: "Flare_Kits"}).Place(sealed)
	require.ErrorContains(t, err, "is not a valid name of a claim")
}

func kitOf(t *testing.T, verified acceptance.Verified) *kit.Kit {
	t.Helper()
	k, err := verified.Kit()
	require.NoError(t, err)
	return k
}

// The archive has every file of startup/, with the key, and nothing else of the kit.
func TestWriteTar(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").Read()
	var out bytes.Buffer
	require.NoError(t, writeTar(&out, k.Startup))
	archive := tar.NewReader(&out)
	for _, f := range k.Startup {
		header, err := archive.Next()
		require.NoError(t, err)
		require.Equal(t, "startup/"+f.Name, header.Name)
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.Equal(t, f.Data, data)
	}
	_, err := archive.Next()
	require.ErrorIs(t, err, io.EOF)
}

// The claim is written before the kit is sent, and what refers to the kit afterwards.
func TestSplit(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	k := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release")).Read()
	delivered, err := k.On(kit.Volume{ClaimName: "flare-kits", SubPath: "x"})
	require.NoError(t, err)
	objects, err := workloads.KitForm("ns", delivered)
	require.NoError(t, err)
	first, rest := split([][]workloads.Object{objects}, "flare-kits")
	require.Len(t, first, 1)
	require.Equal(t, "flare-kits", first[0].GetName())
	require.Len(t, rest, 1)
	require.Len(t, rest[0], 2)
	require.Equal(t, kit.SecretName(k), rest[0][0].GetName())
}

func TestOutcome(t *testing.T) {
	ended := func(code int32, message string) *corev1.Pod {
		return &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Message: message}},
		}}}}
	}
	streams, _, progress, _ := genericiooptions.NewTestIOStreams()
	r := engine.NewReporter(output.NewPrinter(), streams)
	d := &Deliver{Kit: &kit.Kit{Content: kit.Content{Volume: &kit.Volume{ClaimName: "flare-kits", SubPath: "site-1/0123"}}}}
	require.NoError(t, d.outcome(r, ended(0, ""), nil))
	require.Equal(t, "the kit is on claim flare-kits, folder site-1/0123\n", progress.String())
	require.EqualError(t, d.outcome(r, ended(1, "error: no space left on device\n"), io.ErrUnexpectedEOF), "flare-kit ended with exit code 1: error: no space left on device")
	err := d.outcome(r, &corev1.Pod{Status: corev1.PodStatus{Reason: "Evicted"}}, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "unexpected EOF")
	require.ErrorContains(t, err, "Evicted")
}
