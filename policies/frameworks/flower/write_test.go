package flower_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// What is written is read again.
func TestWrite(t *testing.T) {
	for _, version := range []string{flowertest.VersionGRPC, flowertest.VersionHTTP} {
		f := flowertest.New(t, version, "site-1", "site-2")
		for _, role := range (flower.Framework{}).Roles() {
			s := f.Spec(role, "site-1")
			content, err := flower.Write(s, f.Credentials(s), flower.DefaultLocal(role))
			require.NoError(t, err)
			k, err := flower.Framework{}.Read(content)
			require.NoError(t, err)
			got, err := flower.SpecOf(k)
			require.NoError(t, err)
			assert.Equal(t, s, got)
			assert.Equal(t, map[string]string{flowertest.VersionGRPC: "grpc", flowertest.VersionHTTP: "https"}[version], k.Server.Scheme)
			for _, file := range content.Startup {
				private := file.Mode == 0o600
				assert.Equal(t, private, !isPublic(k, file.Name), file.Name)
			}
		}
	}
}

func isPublic(k *kit.Kit, name string) bool {
	_, ok := k.PublicFiles().Get(name)
	return ok
}

func TestWriteRejects(t *testing.T) {
	f := flowertest.New(t, flowertest.VersionHTTP, "site-1")
	for want, change := range map[string]func(*flower.Spec, *flower.Credentials){
		`participant is "a,OU=admin"`:      func(s *flower.Spec, _ *flower.Credentials) { s.Participant = "a,OU=admin" },
		`federation is ""`:                 func(s *flower.Spec, _ *flower.Credentials) { s.Federation = "" },
		"org is":                           func(s *flower.Spec, _ *flower.Credentials) { s.Org = " a" },
		"version is 1.38.0, between":       func(s *flower.Spec, _ *flower.Credentials) { s.Version = "1.38.0" },
		"superlink is":                     func(s *flower.Spec, _ *flower.Credentials) { s.SuperLink = "superlink" },
		"control has the port":             func(s *flower.Spec, _ *flower.Credentials) { s.Control = "superlink:x" },
		"control is an IP address":         func(s *flower.Spec, _ *flower.Credentials) { s.Control = "10.0.0.1:9093" },
		"org is \"Klinik, Abt":             func(s *flower.Spec, _ *flower.Credentials) { s.Org = "Klinik, Abt" },
		"names[0] has the host":            func(s *flower.Spec, _ *flower.Credentials) { s.Names = []string{"a b"} },
		"role is":                          func(s *flower.Spec, _ *flower.Credentials) { s.Role = "relay" },
		"only a SuperLink serves names":    func(s *flower.Spec, _ *flower.Credentials) { s.Role = flower.RoleAdmin },
		"SuperNodes do not dial":           func(s *flower.Spec, _ *flower.Credentials) { s.Role = flower.RoleClient },
		"has no certificate":               func(_ *flower.Spec, c *flower.Credentials) { c.Certificate = nil },
		"supernodes.json[1].name":          func(s *flower.Spec, _ *flower.Credentials) { s.Nodes = append(s.Nodes, s.Nodes[0]) },
		"supernodes.json[0].key is not on": func(s *flower.Spec, _ *flower.Credentials) { s.Nodes[0].Key = "x" },
	} {
		s := f.Spec(flower.RoleServer, "superlink")
		s.Nodes = append([]flower.Node{}, s.Nodes...)
		c := f.Credentials(s)
		change(&s, &c)
		_, err := flower.Write(s, c, nil)
		assert.ErrorContains(t, err, want)
	}
}

func TestDialects(t *testing.T) {
	for version, want := range map[string]flower.Dialect{"1.36.0": flower.DialectGRPC, "1.36.2": flower.DialectGRPC, "1.40.0": flower.DialectHTTP, "1.42.0": flower.DialectHTTP, "1.99.0": flower.DialectHTTP} {
		got, err := flower.DialectOf(version)
		require.NoError(t, err, version)
		assert.Equal(t, want, got, version)
	}
	for version, want := range map[string]string{
		"": "not a version", "1.42": "not a version", "v1.42.0": "not a version", "1.42.0rc1": "not a version",
		"1.35.0": "too old", "0.18.0": "too old", "1.37.0": "between the dialects", "1.39.9": "between the dialects", "2.0.0": "update kubectl-flare",
	} {
		_, err := flower.DialectOf(version)
		require.ErrorContains(t, err, want, version)
	}
}
