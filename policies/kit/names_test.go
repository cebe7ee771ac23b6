package kit_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// label is RFC 1035, as Kubernetes requires for Services.
var label = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

func TestObjectName(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"site-1", "site-1"},
		{"a", "a"},
		{strings.Repeat("a", 40), strings.Repeat("a", 40)},
		{strings.Repeat("a", 41), strings.Repeat("a", 31) + "-c0f8bd4d"},
		// NVFLARE's own launcher gives this site's Service the same name.
		{"Site_2", "site-2-809cb9ad"},
		{"lead@hospital-a.org", "lead-hospital-a-org-cd66be56"},
		{"server1.fl.example.org", "server1-fl-example-org-970eae16"},
		{"1site", "site-1b6b9b23"},
		{"site-", "site-9a6e34a6"},
		{"-site", "site-a0e2ab2e"},
		{"", "p-e3b0c442"},
		{"___", "p-bda25155"},
		{"42", "p-73475cb4"},
		{"Ärzte", "rzte-d45b3f95"},
		// Valid names that end like hashed ones.
		{"site-2-809cb9ad", "site-2-809cb9ad-064cee75"},
		{"site-deadbeef", "site-deadbeef-1338dd20"},
		{"site-deadbee", "site-deadbee"},
		{"deadbeef", "deadbeef"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := kit.ObjectName(tt.name)
			assert.Equal(t, tt.want, got)
			assert.Regexp(t, label, got)
		})
	}
}

func TestObjectNameKeepsNamesApart(t *testing.T) {
	seen := map[string]string{}
	add := func(name string) {
		got := kit.ObjectName(name)
		if other, ok := seen[got]; ok && other != name {
			t.Fatalf("%q and %q both become %q", other, name, got)
		}
		seen[got] = name
	}
	for i := range 2000 {
		for _, form := range []string{"site-%d", "Site-%d", "site_%d", "SITE.%d", "site@%d", "%d"} {
			name := fmt.Sprintf(form, i)
			add(name)
			// The result must not be the result of another name.
			add(kit.ObjectName(name))
			add(kit.ObjectName(kit.ObjectName(name)))
		}
	}
}

func FuzzObjectName(f *testing.F) {
	for _, name := range []string{"site-1", "Site_2", "lead@hospital-a.org", "", "-", "a-00000000", "\xff", "ſ", strings.Repeat("x", 300)} {
		f.Add(name, "site-2-809cb9ad")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		nameA, nameB := kit.ObjectName(a), kit.ObjectName(b)
		require.Regexp(t, label, nameA)
		require.LessOrEqual(t, len(nameA), kit.MaxObjectName)
		require.Equal(t, nameA, kit.ObjectName(a))
		if a != b {
			require.NotEqual(t, nameA, nameB, "%q and %q", a, b)
		}
	})
}

func TestNamesOfObjects(t *testing.T) {
	fed := kittest.NewFederation(t, "demo")
	k := fed.Client("Site_2", "hospital_b").Read()

	assert.Equal(t, "flare-kit-site-2-809cb9ad-"+k.Digest()[:32], kit.SecretName(k))
	assert.Equal(t, "flare-local-site-2-809cb9ad-"+k.LocalDigest()[:32], kit.ConfigMapName(k))
	assert.Regexp(t, label, kit.SecretName(k))

	changed := fed.Client("Site_2", "hospital_b").Read()
	assert.NotEqual(t, kit.SecretName(k), kit.SecretName(changed), "another key is another kit")
}
