package frameworkstest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Provision is the suite of frameworks whose kits kubectl-flare makes. The project is a valid
// one with at least two clients and one admin.
func Provision(t *testing.T, f frameworks.Framework, p provisioning.Project) {
	t.Helper()
	registry, err := frameworks.NewRegistry(f)
	require.NoError(t, err)
	s := &provisionSuite{registry, f.(frameworks.Provisioner), p}
	t.Run("kits", s.kits)
	t.Run("again", s.again)
	t.Run("more", s.more)
	t.Run("renew", s.renew)
	t.Run("invalid", s.invalid)
}

type provisionSuite struct {
	registry *frameworks.Registry
	f        frameworks.Provisioner
	project  provisioning.Project
}

func (s *provisionSuite) run(t *testing.T, p provisioning.Project, before *provisioning.Result, renew ...string) *provisioning.Result {
	t.Helper()
	o := provisioning.Options{Now: time.Now(), ValidFor: 365 * 24 * time.Hour, Renew: renew}
	if before != nil {
		o.State, o.Kits = before.State, map[string]kit.Files{}
		for _, k := range before.Kits {
			o.Kits[k.Participant] = k.Content.Startup
		}
	}
	result, err := s.f.Provision(&p, o)
	require.NoError(t, err)
	return result
}

// kits requires a genuine kit of each participant, all of one root. The private keys of
// participants are not in the state.
func (s *provisionSuite) kits(t *testing.T) {
	result := s.run(t, s.project, nil)
	names := map[string]kit.Role{s.project.Server.Name: kit.RoleServer}
	for _, m := range s.project.Clients {
		names[m.Name] = kit.RoleClient
	}
	for _, m := range s.project.Admins {
		names[m.Name] = kit.RoleAdmin
	}
	require.Len(t, result.Kits, len(names))
	var root string
	for _, made := range result.Kits {
		k, err := s.registry.Read(made.Content)
		require.NoError(t, err)
		assert.Equal(t, names[k.Participant], k.Role)
		assert.Equal(t, made.Participant, k.Participant)
		assert.Equal(t, s.project.Name, k.Federation)
		if root == "" {
			root = pki.Fingerprint(k.Root)
		}
		rules, err := acceptance.Pinned(s.registry, root)
		require.NoError(t, err)
		_, findings := acceptance.Accept(k, rules, time.Now())
		assert.True(t, findings.Passed(), "%s: %v", k.Participant, findings.Err())
		for _, file := range k.Startup {
			assert.NotContains(t, string(result.State), string(file.Data), "%s of %s", file.Name, k.Participant)
		}
	}
	if keeper, ok := s.f.(frameworks.RootKeeper); ok {
		certificate, _, err := keeper.ReadRoot(result.State)
		require.NoError(t, err)
		c, err := pki.ParseCertificate(certificate)
		require.NoError(t, err)
		assert.Equal(t, root, pki.Fingerprint(c))
	}
}

func digests(r *provisioning.Result) map[string]string {
	all := map[string]string{}
	for _, k := range r.Kits {
		if k.Content != nil {
			all[k.Participant] = k.Content.Digest()
		}
	}
	return all
}

// again requires that nothing changes for the same project, and that a kit that was handed
// out is not made again.
func (s *provisionSuite) again(t *testing.T) {
	first := s.run(t, s.project, nil)
	second := s.run(t, s.project, first)
	assert.Equal(t, digests(first), digests(second))
	assert.Equal(t, string(first.State), string(second.State))
	gone := &provisioning.Result{State: first.State, Kits: slices.DeleteFunc(slices.Clone(first.Kits), func(k provisioning.Kit) bool { return k.Participant == s.project.Clients[0].Name })}
	third := s.run(t, s.project, gone)
	want := digests(first)
	delete(want, s.project.Clients[0].Name)
	assert.Equal(t, want, digests(third))
}

// more requires that a further participant leaves the others' kits as they are.
func (s *provisionSuite) more(t *testing.T) {
	first := s.run(t, s.project, nil)
	p := s.project
	p.Clients = append(slices.Clone(p.Clients), provisioning.Member{Name: "another-1", Org: "other"})
	before, after := digests(first), digests(s.run(t, p, first))
	assert.NotEmpty(t, after["another-1"])
	for _, m := range s.project.Clients {
		assert.Equal(t, before[m.Name], after[m.Name])
	}
}

// renew requires another key.
func (s *provisionSuite) renew(t *testing.T) {
	first := s.run(t, s.project, nil)
	name := s.project.Clients[0].Name
	second := s.run(t, s.project, first, name)
	key := func(r *provisioning.Result) string {
		for _, made := range r.Kits {
			if made.Participant == name {
				k, err := s.registry.Read(made.Content)
				require.NoError(t, err)
				return k.KeyFingerprint
			}
		}
		return ""
	}
	assert.NotEqual(t, key(first), key(second))
}

// invalid requires an error that names the field.
func (s *provisionSuite) invalid(t *testing.T) {
	first := s.run(t, s.project, nil)
	for want, change := range map[string]func(*provisioning.Project, *provisioning.Options){
		"metadata.name":          func(p *provisioning.Project, _ *provisioning.Options) { p.Name = "" },
		"spec.framework.version": func(p *provisioning.Project, _ *provisioning.Options) { p.Version = "x" },
		"the-server.address": func(p *provisioning.Project, _ *provisioning.Options) {
			p.Server.Field, p.Server.Address = "the-server", "x"
		},
		"a-client.name": func(p *provisioning.Project, _ *provisioning.Options) {
			p.Clients[1].Field, p.Clients[1].Name = "a-client", "a b"
		},
		"have the same name":        func(p *provisioning.Project, _ *provisioning.Options) { p.Clients[1].Name = p.Clients[0].Name },
		"is that of the federation": func(p *provisioning.Project, o *provisioning.Options) { p.Name, o.State = "other", first.State },
		"state":                     func(_ *provisioning.Project, o *provisioning.Options) { o.State = []byte(`{"key": "c2VjcmV0"}`) },
		"--renew":                   func(_ *provisioning.Project, o *provisioning.Options) { o.Renew = []string{"no-one"} },
	} {
		p, o := s.project, provisioning.Options{Now: time.Now(), ValidFor: time.Hour}
		p.Clients = slices.Clone(p.Clients)
		change(&p, &o)
		_, err := s.f.Provision(&p, o)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "c2VjcmV0")
	}
}
