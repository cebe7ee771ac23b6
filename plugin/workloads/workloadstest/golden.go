package workloadstest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// golden compares all objects with testdata/NAME.yaml. Every run creates new kits: random
// parts are replaced with names, or left out.
func (s Suite) golden(t *testing.T, c Case, set *workloads.Set) {
	t.Helper()
	var got bytes.Buffer
	for _, obj := range set.Objects() {
		got.WriteString("---\n")
		got.Write(render(t, withoutContent(obj)))
	}
	for _, note := range set.Notes {
		got.WriteString("# " + note + "\n")
	}
	Golden(t, filepath.Join("testdata", c.Name+".yaml"), Stable(got.String(), c.kit(t), "DIGEST", "LOCAL"), s.Update)
}

// withoutContent leaves out the content of a kit's files.
func withoutContent(obj workloads.Object) workloads.Object {
	switch o := obj.(type) {
	case *corev1.ConfigMap:
		o = o.DeepCopy()
		o.Data = map[string]string{"_": "left out of the golden file"}
		return o
	case *corev1.Secret:
		o = o.DeepCopy()
		for name := range o.Data {
			o.Data[name] = nil
		}
		return workloads.Redact(o)
	}
	return obj
}

func render(t *testing.T, obj workloads.Object) []byte {
	t.Helper()
	out, err := yaml.Marshal(obj)
	require.NoError(t, err)
	return out
}

// Stable replaces the digests of a kit and of its local/. The first half of a digest,
// which is in names, becomes the replacement with the number of its digits, or the first
// half of a replacement that is a digest itself.
func Stable(text string, k *kit.Kit, digest, local string) string {
	half := func(replacement string) string {
		if len(replacement) == len(k.Digest()) {
			return replacement[:names.DigestDigits]
		}
		return replacement + "32"
	}
	return strings.NewReplacer(
		k.Digest(), digest, k.LocalDigest(), local,
		k.Digest()[:names.DigestDigits], half(digest), k.LocalDigest()[:names.DigestDigits], half(local),
	).Replace(text)
}

// Golden compares text with a file, or writes it.
func Golden(t *testing.T, path, got string, update bool) {
	t.Helper()
	if update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), got), "%s has changed: run the test with -update and look at the difference", path)
}
