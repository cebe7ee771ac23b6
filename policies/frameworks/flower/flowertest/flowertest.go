// Package flowertest makes kits of Flower for tests.
package flowertest

import (
	"crypto"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// The names of a federation in tests.
const (
	FederationName = "demo"
	Org            = "lab"
	// Host is the name of the SuperLink.
	Host = "superlink"
	// VersionGRPC and VersionHTTP are the versions that run in the lab.
	VersionGRPC = "1.36.0"
	VersionHTTP = "1.42.0"
)

// Federation is a federation with a SuperLink that knows the given SuperNodes.
type Federation struct {
	Root    *pki.Issuer
	Version string

	t           testing.TB
	from, until time.Time
	nodes       []flower.Node
	keys        map[string]crypto.Signer
}

// New makes a federation of a version, with the keys of its SuperNodes. Its kits are valid
// now.
func New(t testing.TB, version string, nodes ...string) *Federation {
	t.Helper()
	return Until(t, time.Now().Truncate(time.Second).AddDate(1, 0, 0), version, nodes...)
}

// Until makes a federation whose kits are valid for a year and a day, until the given time.
func Until(t testing.TB, until time.Time, version string, nodes ...string) *Federation {
	t.Helper()
	f := &Federation{Version: version, t: t, from: until.AddDate(-1, 0, -1), until: until, keys: map[string]crypto.Signer{}}
	var err error
	f.Root, err = flower.NewRoot(FederationName, f.from, f.until)
	require.NoError(t, err)
	for _, name := range nodes {
		f.keys[name] = f.key()
		line, err := openssh.EncodePublicKey(f.keys[name].Public())
		require.NoError(t, err)
		f.nodes = append(f.nodes, flower.Node{Name: name, Key: line})
	}
	return f
}

func (f *Federation) key() crypto.Signer {
	f.t.Helper()
	key, err := flower.NewKey()
	require.NoError(f.t, err)
	return key
}

// Spec describes a participant's kit.
func (f *Federation) Spec(role kit.Role, participant string) flower.Spec {
	s := flower.Spec{
		Federation: FederationName, Participant: participant, Role: role, Org: Org,
		Version: f.Version, SuperLink: Host + ":9092",
	}
	if role != flower.RoleClient {
		s.Control = Host + ":9093"
	}
	if role == flower.RoleServer {
		s.Names, s.Nodes = []string{Host + ".fl.svc"}, f.nodes
	}
	return s
}

// Credentials are those of a kit; a SuperNode that New knows has its key.
func (f *Federation) Credentials(s flower.Spec) flower.Credentials {
	f.t.Helper()
	key, ok := f.keys[s.Participant]
	if !ok {
		key = f.key()
	}
	c, err := flower.Issue(s, key, f.Root, f.from, f.until)
	require.NoError(f.t, err)
	return c
}

// Kit is a participant's kit with the default local/.
func (f *Federation) Kit(role kit.Role, participant string) *kit.Content {
	f.t.Helper()
	s := f.Spec(role, participant)
	content, err := flower.Write(s, f.Credentials(s), flower.DefaultLocal(role))
	require.NoError(f.t, err)
	return content
}
