package profiles_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// fake is a profile that recognises one word.
type fake struct {
	name  string
	roles []kit.Role
	word  string
}

func (f fake) Framework() string        { return f.name }
func (f fake) Roles() []kit.Role        { return f.roles }
func (f fake) ProgramFolders() []string { return []string{"/opt/" + f.name} }

func (f fake) Recognise(c *corev1.Container) (profiles.Process, bool) {
	if len(c.Args) > 0 && c.Args[0] == f.word {
		return profiles.Process{Kind: profiles.KindParent}, true
	}
	return profiles.Process{}, false
}

func (fake) Demands(profiles.Process, profiles.Identity) profiles.Demands { return profiles.Demands{} }

// launcher is a profile that also makes Secrets.
type launcher struct {
	fake
	secrets []profiles.LauncherSecret
}

func (l launcher) Secrets() []profiles.LauncherSecret { return l.secrets }

func (l launcher) OwnsSecret(secret, participant string, _ kit.Role) bool {
	return secret == l.secrets[0].Prefix+participant
}

func one(name string, roles ...kit.Role) fake { return fake{name, roles, name} }

func launching(name string, secrets ...profiles.LauncherSecret) launcher {
	return launcher{one(name, "worker"), secrets}
}

func TestNewRegistry(t *testing.T) {
	kits := func(prefix string) profiles.LauncherSecret {
		return profiles.LauncherSecret{Prefix: prefix, Holds: profiles.HoldsKit}
	}
	for name, tc := range map[string]struct {
		all  []profiles.Profile
		want string
	}{
		"nothing":              {nil, ""},
		"two":                  {[]profiles.Profile{one("a", "x"), one("b", "x", "y")}, ""},
		"twice":                {[]profiles.Profile{one("a", "x"), one("b", "x"), one("a", "y")}, `profile "a": registered twice`},
		"no name":              {[]profiles.Profile{one("", "x")}, "its name is invalid"},
		"no label":             {[]profiles.Profile{one("A b", "x")}, "its name is invalid"},
		"no roles":             {[]profiles.Profile{one("a")}, "it has no roles"},
		"the role of jobs":     {[]profiles.Profile{one("a", "x", "job")}, `role "job" is reserved`},
		"a role twice":         {[]profiles.Profile{one("a", "x", "x")}, `role "x"`},
		"an empty role":        {[]profiles.Profile{one("a", "")}, `role ""`},
		"launchers":            {[]profiles.Profile{launching("a", kits("a-kit-")), launching("b", kits("b-kit-"))}, ""},
		"an empty prefix":      {[]profiles.Profile{launching("a", kits(""))}, "needs a prefix"},
		"an unknown content":   {[]profiles.Profile{launching("a", profiles.LauncherSecret{Prefix: "a-"})}, "a valid Holds"},
		"our prefix":           {[]profiles.Profile{launching("a", kits("flare-kit-"))}, `overlaps with "flare-kit-"`},
		"below our prefix":     {[]profiles.Profile{launching("a", kits("flare-local-x-"))}, "overlaps"},
		"above our prefix":     {[]profiles.Profile{launching("a", kits("flare-"))}, "overlaps"},
		"another's prefix":     {[]profiles.Profile{launching("a", kits("x-")), launching("b", kits("x-"))}, "overlaps"},
		"below another prefix": {[]profiles.Profile{launching("a", kits("x-")), launching("b", kits("x-y-"))}, "overlaps"},
		"its own prefix twice": {[]profiles.Profile{launching("a", kits("x-"), kits("x-"))}, "overlaps"},
	} {
		r, err := profiles.NewRegistry(tc.all...)
		if tc.want == "" {
			require.NoError(t, err, name)
			require.NotNil(t, r, name)
		} else {
			require.ErrorContains(t, err, tc.want, name)
			require.Nil(t, r, name)
		}
	}
}

func TestLookUps(t *testing.T) {
	r, err := profiles.NewRegistry(one("a", "x", "y"), one("b", "y", "z"))
	require.NoError(t, err)
	p, ok := r.Profile("b")
	require.True(t, ok)
	require.Equal(t, "b", p.Framework())
	for _, name := range []string{"", "c", "A"} {
		_, ok := r.Profile(name)
		require.False(t, ok, name)
	}
	require.Equal(t, []string{"a", "b"}, r.Frameworks())
	require.Equal(t, []kit.Role{"x", "y", "z", "job"}, r.Roles())
	require.Equal(t, []string{"/opt/a", "/opt/b"}, r.ProgramFolders())
}

func TestRecognise(t *testing.T) {
	r, err := profiles.NewRegistry(one("a", "x"), one("b", "x"), fake{"c", []kit.Role{"x"}, "b"})
	require.NoError(t, err)
	for word, want := range map[string]struct {
		framework string
		several   bool
	}{"a": {"a", false}, "b": {"b", true}, "d": {"", false}} {
		found, several := r.Recognise(&corev1.Container{Args: []string{word}})
		require.Equal(t, want.several, several, word)
		if want.framework == "" {
			require.Nil(t, found, word)
		} else {
			require.Equal(t, want.framework, found.Framework(), word)
		}
	}
}

func TestReserved(t *testing.T) {
	r, err := profiles.NewRegistry(one("a", "x"), launching("b",
		profiles.LauncherSecret{Prefix: "b-copy-", Holds: profiles.HoldsKit}, profiles.LauncherSecret{Prefix: "b-token-", Holds: profiles.HoldsTokens}))
	require.NoError(t, err)
	require.Equal(t, []string{"b-copy-", "b-token-"}, r.Prefixes())
	for name, want := range map[string]struct {
		reserved bool
		holds    profiles.Holds
	}{
		"flare-kit-x": {true, ""}, "flare-kit-": {true, ""}, "flare-local-x": {true, ""},
		"b-copy-x": {true, profiles.HoldsKit}, "b-copy-": {true, profiles.HoldsKit}, "b-token-x": {true, profiles.HoldsTokens},
		"flare-kit": {false, ""}, "b-copy": {false, ""}, "x-b-copy-x": {false, ""}, "": {false, ""},
	} {
		require.Equal(t, want.reserved, r.Reserved(name), name)
		require.Equal(t, want.holds, r.Holds(name), name)
	}
	require.True(t, r.Owns("b-copy-p", "b", "p", "worker"))
	require.False(t, r.Owns("b-copy-p", "b", "q", "worker"), "another participant's")
	require.False(t, r.Owns("b-copy-p", "a", "p", "worker"), "another framework's")
	require.False(t, r.Owns("c-copy-p", "b", "p", "worker"), "no launcher's")
}

func TestPath(t *testing.T) {
	c := profiles.Container{Paths: []profiles.Path{
		{Path: "/tmp", Sources: profiles.SourceScratch}, {Path: "/w", Sources: profiles.SourceWorkspace | profiles.SourceScratch}, {Path: "/k", Sources: profiles.SourceKit},
	}}
	require.Equal(t, "/k", c.Path(profiles.SourceKit))
	require.Equal(t, "/tmp", c.Path(profiles.SourceScratch))
	require.Equal(t, "/w", c.Path(profiles.SourceWorkspace))
	require.Empty(t, c.Path(profiles.SourceLocal))
	require.False(t, c.Paths[0].Takes(profiles.SourceWorkspace))
	require.False(t, c.Paths[1].Takes(profiles.SourceOther))
}
