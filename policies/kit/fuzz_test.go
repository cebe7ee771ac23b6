package kit_test

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// kits has a kit of each role in both families.
func kits(t testing.TB) []*kittest.Kit {
	t.Helper()
	t.Helper()
	var out []*kittest.Kit
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		fed := kittest.NewFederation(t, "demo", kittest.WithFamily(family))
		out = append(out, fed.Server("server1", "lab"), fed.Client("Site_2", "b"), fed.Admin("lead@a.org", "a", "lead"))
	}
	return out
}

// FuzzRead adds one entry with any name, mode and content to a valid kit.
func FuzzRead(f *testing.F) {
	good := kits(f)
	f.Add(uint8(0), "startup/start.sh", []byte("#!/bin/sh"), uint32(0o755))
	f.Add(uint8(1), "startup/fed_client.json", []byte(`{"servers": [{}]}`), uint32(0o644))
	f.Add(uint8(1), "startup/client.crt", []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), uint32(0))
	f.Add(uint8(1), "startup/client.key", []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), uint32(0))
	f.Add(uint8(2), "startup/signature.json", []byte(`{"a": "b"}`), uint32(0o644))
	f.Add(uint8(3), "local", []byte("startup"), uint32(fs.ModeSymlink))
	f.Add(uint8(4), "startup/sub/file", []byte{}, uint32(0))
	f.Add(uint8(5), "startup/a\nb", []byte{}, uint32(fs.ModeNamedPipe))
	f.Fuzz(func(t *testing.T, which uint8, name string, content []byte, mode uint32) {
		if !fs.ValidPath(name) || name == "." {
			return
		}
		k := good[int(which)%len(good)]
		files := k.FS()
		files[name] = &fstest.MapFile{Data: content, Mode: fs.FileMode(mode)}
		check(t, func() (*kit.Kit, error) { return registry.ReadDir(files) })
	})
}

// FuzzParse replaces the three files with the most complex parsers.
func FuzzParse(f *testing.F) {
	var good []kit.Files
	for i, k := range kits(f) {
		startup := k.Read().Startup
		good = append(good, startup)
		f.Add(uint8(i), startup[0].Data, startup[1].Data, startup[2].Data)
	}
	f.Fuzz(func(t *testing.T, which uint8, a, b, c []byte) {
		startup := slices.Clone(good[int(which)%len(good)])
		startup[0].Data, startup[1].Data, startup[2].Data = a, b, c
		check(t, func() (*kit.Kit, error) { return parse(startup) })
	})
}

// check requires that the result is a valid kit or a valid error.
func check(t *testing.T, read func() (*kit.Kit, error)) {
	t.Helper()
	k, err := read()
	if err != nil {
		require.Nil(t, k)
		var field *kit.FieldError
		require.ErrorAs(t, err, &field)
		require.NotEmpty(t, field.Fix)
		require.NotContains(t, err.Error(), "\n")
		return
	}
	require.NotNil(t, k.Certificate)
	require.NotNil(t, k.Root)
	require.NotEmpty(t, k.Server.Host)
	require.Positive(t, k.Server.Port)
	require.Regexp(t, label, kit.SecretName(k))
}

func parse(startup kit.Files) (*kit.Kit, error) {
	content, err := kit.NewContent(startup, nil)
	if err != nil {
		return nil, err
	}
	return registry.Read(content)
}

var registry = frameworks.Default()
