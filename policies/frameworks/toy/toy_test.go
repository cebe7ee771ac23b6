package toy_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/frameworkstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

func write(t testing.TB, role kit.Role, participant string) *kit.Content {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	content, err := toy.Write(toy.Spec{Federation: "play", Participant: participant, Org: "nursery", Role: role, Host: "hub.play.svc", Key: key})
	require.NoError(t, err)
	return content
}

func TestConformance(t *testing.T) {
	var samples []frameworkstest.Sample
	for _, role := range (toy.Framework{}).Roles() {
		samples = append(samples, frameworkstest.Sample{
			Content: write(t, role, "Toy_"+string(role)), Now: time.Now(),
			Participant: "Toy_" + string(role), Federation: "play", Org: "nursery", Role: role,
		})
	}
	frameworkstest.Run(t, toy.Framework{}, samples, nvflare.Framework{})
}

func TestReadRefuses(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{})
	require.NoError(t, err)
	config := func(text string) func(kit.Files) kit.Files {
		return func(files kit.Files) kit.Files {
			for i := range files {
				if files[i].Name == toy.ConfigFile {
					files[i].Data = []byte(text)
				}
			}
			return files
		}
	}
	without := func(name string) func(kit.Files) kit.Files {
		return func(files kit.Files) kit.Files {
			var out kit.Files
			for _, f := range files {
				if f.Name != name {
					out = append(out, f)
				}
			}
			return out
		}
	}
	const good = `{"federation":"play","participant":"a","role":"ROLE","org":"o","server":"SERVER","version":"1.0"}`
	for want, change := range map[string]func(kit.Files) kit.Files{
		"is not valid JSON":              config("{"),
		"must be a string":               config("{}"),
		"identity.key is missing":        without(toy.KeyFile),
		"identity.pub is missing":        without(toy.PublicKeyFile),
		`has the role "admin"`:           config(strings.NewReplacer("ROLE", "admin", "SERVER", "a:1").Replace(good)),
		"which is not host:port":         config(strings.NewReplacer("ROLE", "leaf", "SERVER", "a").Replace(good)),
		"contains no configuration file": without(toy.ConfigFile),
	} {
		content, err := kit.NewContent(change(write(t, toy.RoleLeaf, "a").Startup), nil)
		require.NoError(t, err)
		_, err = registry.Read(content)
		assert.ErrorContains(t, err, want)
	}
}
