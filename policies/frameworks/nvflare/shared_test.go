package nvflare_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var registry = frameworks.Default()

func newFederation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	return kittest.NewFederation(t, "demo", options...)
}

// check runs NVFLARE's own checks; no seal vouches for files.
func check(k *kit.Kit) kit.Findings {
	return nvflare.Framework{}.Check(k, func(string) bool { return false })
}

func findings(all kit.Findings, id string) kit.Findings {
	var out kit.Findings
	for _, f := range all {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// only returns the one finding with this status.
func only(t *testing.T, all kit.Findings, status kit.Status) kit.Finding {
	t.Helper()
	found := all.With(status)
	require.Len(t, found, 1, "%+v", found)
	return found[0]
}

func copyFS(m fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, file := range m {
		out[name] = &fstest.MapFile{Data: append([]byte{}, file.Data...), Mode: file.Mode}
	}
	return out
}

// fieldError requires an error of the type for malformed kits.
func fieldError(t *testing.T, err error) *kit.FieldError {
	t.Helper()
	var field *kit.FieldError
	require.ErrorAs(t, err, &field)
	assert.NotEmpty(t, field.File)
	assert.NotEmpty(t, field.Problem)
	assert.NotEmpty(t, field.Fix)
	assert.NotContains(t, err.Error(), "\n")
	return field
}

func TestServesName(t *testing.T) {
	fed := newFederation(t)
	server := fed.Server("server1", "lab", "server1.fl.svc", "*.lab.example", "10.0.0.7").Read()
	for _, host := range []string{"server1.fl.svc", "SERVER1.fl.svc", "a.lab.example", "10.0.0.7"} {
		require.NoError(t, nvflare.ServesName(server, host), host)
	}
	for _, host := range []string{"server1", "a.b.lab.example", "10.0.0.8", "", "lab.example"} {
		err := nvflare.ServesName(server, host)
		fieldError(t, err)
		require.ErrorContains(t, err, "startup/server.crt: subjectAltName does not cover")
		require.ErrorContains(t, err, "it has server1.fl.svc, *.lab.example, 10.0.0.7; add the name")
	}
	assert.EqualError(t, nvflare.ServesName(fed.Client("site-1", "a").Read(), "site-1"), `the kit of "site-1" is for the role client, but only a server is dialled`)
}
