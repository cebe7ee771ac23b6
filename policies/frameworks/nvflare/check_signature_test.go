package nvflare_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// TestVerifySignature changes a signed kit: a change in startup/ is a failure, and one in
// local/, which the site may edit, a warning.
func TestVerifySignature(t *testing.T) {
	fed := newFederation(t, kittest.WithFamily(nvflare.Family27))
	for _, folder := range []struct {
		dir, id, file string
		status        kit.Status
	}{
		{"startup/", nvflare.CheckStartupSignature, "start.sh", kit.StatusFail},
		{"local/", nvflare.CheckLocalSignature, "privacy.json.sample", kit.StatusWarn},
	} {
		changed, list := folder.dir+folder.file, folder.dir+"signature.json"
		for _, tt := range []struct {
			name    string
			breakIt func(*kittest.Kit)
			file    string
			text    string
		}{
			{"changed", func(k *kittest.Kit) { k.With(changed, []byte("changed")) }, changed, "changed since it was signed"},
			{"empty", func(k *kittest.Kit) { k.With(changed, nil) }, changed, "changed since it was signed"},
			{"missing", func(k *kittest.Kit) { k.Without(changed) }, changed, "missing, although it was signed"},
			{"added", func(k *kittest.Kit) { k.With(folder.dir+"docker.sh", nil) }, folder.dir + "docker.sh", "not signed"},
			{"taken off the list", func(k *kittest.Kit) {
				edit(t, k, list, func(m map[string]any) { delete(m, folder.file) })
			}, changed, "not signed"},
			{"not base64", func(k *kittest.Kit) {
				edit(t, k, list, func(m map[string]any) { m[folder.file] = "?" })
			}, changed, "changed since it was signed"},
			{"a short signature", func(k *kittest.Kit) {
				edit(t, k, list, func(m map[string]any) { m[folder.file] = "AAAA" })
			}, changed, "changed since it was signed"},
			{"no string", func(k *kittest.Kit) {
				edit(t, k, list, func(m map[string]any) { m[folder.file] = 1 })
			}, list, "must be a string"},
			{"no object", func(k *kittest.Kit) { k.With(list, []byte("[]")) }, list, "is not a JSON object"},
			{"no JSON", func(k *kittest.Kit) { k.With(list, []byte("x")) }, list, "is not valid JSON"},
		} {
			t.Run(folder.dir+tt.name, func(t *testing.T) {
				one := fed.Client("site-1", "a")
				tt.breakIt(one)
				got := findings(check(one.Read()), folder.id)
				require.Len(t, got, 1)
				assert.Equal(t, folder.status, got[0].Status)
				assert.Equal(t, tt.file, got[0].File)
				assert.Contains(t, got[0].Message, tt.text)
			})
		}
	}
}

// 2.8 signs kits with a context for homomorphic encryption.
func TestVerifySignatureOfALaterKit(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").With("startup/client_context.tenseal", []byte("context")).Sign()
	read := k.Read()
	assert.Equal(t, nvflare.Family28, read.Family)
	all := check(read)
	assert.True(t, all.Passed())
	assert.Contains(t, findings(all, nvflare.CheckStartupSignature)[0].Message, "the root signed every file")

	k.With("startup/client_context.tenseal", []byte("changed"))
	assert.Equal(t, nvflare.CheckStartupSignature, only(t, check(k.Read()), kit.StatusFail).ID)
}

func edit(t *testing.T, k *kittest.Kit, file string, change func(map[string]any)) {
	t.Helper()
	var content map[string]any
	require.NoError(t, json.Unmarshal(k.File(file), &content))
	content = maps.Clone(content)
	change(content)
	data, err := json.Marshal(content)
	require.NoError(t, err)
	k.With(file, data)
}
