package flower_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/frameworkstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

func project() provisioning.Project {
	return provisioning.Project{
		Name: "demo", Version: "1.42.0",
		Server: provisioning.Server{
			Member:  provisioning.Member{Name: "superlink", Org: "lab", Field: "spec.participants[0]"},
			Address: "fl.example.org:9092", AdminAddress: "superlink.fl.svc:9093", Names: []string{"192.0.2.7"},
		},
		Clients: []provisioning.Member{{Name: "site-1", Org: "a", Field: "spec.participants[1]"}, {Name: "Site_2", Org: "b", Field: "spec.participants[2]"}},
		Admins:  []provisioning.Member{{Name: "anna@lab.example", Org: "lab", Field: "spec.participants[3]"}},
	}
}

func TestProvision(t *testing.T) { frameworkstest.Provision(t, flower.Framework{}, project()) }

func options() provisioning.Options {
	return provisioning.Options{Now: time.Now(), ValidFor: 90 * 24 * time.Hour}
}

func provision(t *testing.T, p provisioning.Project, o provisioning.Options) map[string]*kit.Kit {
	t.Helper()
	result, err := flower.Framework{}.Provision(&p, o)
	require.NoError(t, err)
	all := map[string]*kit.Kit{}
	for _, one := range result.Kits {
		k, err := flower.Framework{}.Read(one.Content)
		require.NoError(t, err)
		all[one.Participant] = k
	}
	return all
}

// The SuperLink knows the keys of its SuperNodes, and its certificate covers what they and
// the scientists dial.
func TestTheSuperLinkKnowsItsNodes(t *testing.T) {
	kits := provision(t, project(), options())
	server := kits["superlink"]
	nodes, err := flower.Nodes(server.Startup)
	require.NoError(t, err)
	require.Len(t, nodes, 2)
	for i, name := range []string{"site-1", "Site_2"} {
		assert.Equal(t, name, nodes[i].Name)
		public, _ := kits[name].Startup.Get(flower.NodePublicKeyFile)
		assert.Equal(t, nodes[i].Key+"\n", string(public))
	}
	assert.Equal(t, []string{"fl.example.org", "superlink.fl.svc", "superlink", "192.0.2.7"}, server.ServerNames)
	for _, name := range []string{"localhost", "127.0.0.1"} {
		require.NoError(t, server.Certificate.VerifyHostname(name))
	}
}

// A certificate is issued again, with the same key, before it expires and when what it says
// changes.
func TestCertificatesAreRenewed(t *testing.T) {
	p, o := project(), options()
	first, err := flower.Framework{}.Provision(&p, o)
	require.NoError(t, err)
	o.State, o.Kits = first.State, map[string]kit.Files{}
	for _, one := range first.Kits {
		o.Kits[one.Participant] = one.Content.Startup
	}
	for name, change := range map[string]func(*provisioning.Project, *provisioning.Options){
		"soon":         func(_ *provisioning.Project, o *provisioning.Options) { o.Now = o.Now.AddDate(0, 0, 70) },
		"organization": func(p *provisioning.Project, _ *provisioning.Options) { p.Server.Org = "other" },
		"name":         func(p *provisioning.Project, _ *provisioning.Options) { p.Server.Names = []string{"more.example.org"} },
	} {
		p, o := project(), o
		change(&p, &o)
		before, err := flower.Framework{}.Read(first.Kits[3].Content)
		require.NoError(t, err)
		after := provision(t, p, o)["superlink"]
		assert.Equal(t, before.KeyFingerprint, after.KeyFingerprint, name)
		assert.False(t, before.Certificate.Equal(after.Certificate), name)
	}
}

func TestProvisionRejects(t *testing.T) {
	for want, change := range map[string]func(*provisioning.Project){
		"spec.participants[0].adminAddress is an IP": func(p *provisioning.Project) { p.Server.AdminAddress = "192.0.2.7:9093" },
		"spec.participants[0].names[0] has the host": func(p *provisioning.Project) { p.Server.Names = []string{"*.example.org"} },
		"under which others dial the server":         func(p *provisioning.Project) { p.Clients[0].Name = "localhost" },
		"spec.participants[1].org is":                func(p *provisioning.Project) { p.Clients[0].Org = "a, b" },
		"spec.framework.version is 1.39.0":           func(p *provisioning.Project) { p.Version = "1.39.0" },
	} {
		p := project()
		change(&p)
		_, err := flower.Framework{}.Provision(&p, options())
		assert.ErrorContains(t, err, want)
	}
}

func TestReadRoot(t *testing.T) {
	p := project()
	result, err := flower.Framework{}.Provision(&p, options())
	require.NoError(t, err)
	certificate, key, err := flower.Framework{}.ReadRoot(result.State)
	require.NoError(t, err)
	assert.Contains(t, string(certificate), "BEGIN CERTIFICATE")
	assert.Contains(t, string(key), "BEGIN PRIVATE KEY")
}
