package compiled_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// tools have the profiles of nvflare and toy.
func tools(t testing.TB) compiled.Tools {
	t.Helper()
	known, err := profiles.NewRegistry(nvflare.Profile{}, toy.Profile{})
	require.NoError(t, err)
	return compiled.Tools{Profiles: known, Frameworks: frameworks.Default()}
}

// site compiles the policy of policiestest after a change.
func site(t testing.TB, change func(*v1alpha1.SitePolicySpec)) *compiled.Policy {
	t.Helper()
	source := policiestest.Policy(t)
	change(&source.Spec)
	p, errs := compiled.New(source, tools(t))
	require.Empty(t, errs)
	return p
}

func unchanged(*v1alpha1.SitePolicySpec) {}

// Frameworks and roles in a policy must be registered; all errors are reported at once.
func TestErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*v1alpha1.SitePolicySpec)
		want   []string
	}{
		"valid":             {unchanged, nil},
		"another's roles":   {func(s *v1alpha1.SitePolicySpec) { s.Data[0].Roles = []v1alpha1.Role{"hub", "job"} }, nil},
		"an unknown role":   {func(s *v1alpha1.SitePolicySpec) { s.Data[0].Roles = []v1alpha1.Role{"root"} }, []string{"spec.data[0].roles[0]: Unsupported"}},
		"access for whom":   {func(s *v1alpha1.SitePolicySpec) { s.Privacy.InteractiveAccess.PodRoles = []v1alpha1.Role{"all"} }, []string{"podRoles[0]: Unsupported"}},
		"unknown framework": {func(s *v1alpha1.SitePolicySpec) { s.Frameworks = []v1alpha1.FrameworkRule{{Name: "other"}} }, []string{`spec.frameworks[0].name: Unsupported value: "other": supported values: "nvflare", "toy"`}},
		"over a program":    {func(s *v1alpha1.SitePolicySpec) { s.Data[0].MountPath = "/opt/nvflare/lib" }, []string{"spec.data[0].mountPath: Invalid", "must not hide /opt/nvflare"}},
		"above a program":   {func(s *v1alpha1.SitePolicySpec) { s.Workspace.MountPath = "/opt" }, []string{"spec.workspace.mountPath: Invalid", "must not hide /opt/nvflare"}},
		"beside a program":  {func(s *v1alpha1.SitePolicySpec) { s.Data[0].MountPath = "/opt/nvflare-data" }, nil},
		"several": {func(s *v1alpha1.SitePolicySpec) {
			s.Participants, s.Data[0].Roles, s.PodSecurity.Version = nil, []v1alpha1.Role{"root"}, "1"
		}, []string{"spec.participants: Required", "spec.data[0].roles[0]", "spec.podSecurity.version"}},
	} {
		t.Run(name, func(t *testing.T) {
			source := policiestest.Policy(t)
			tc.change(&source.Spec)
			before := source.DeepCopy()
			p, errs := compiled.New(source, tools(t))
			require.Equal(t, len(tc.want) == 0, p != nil)
			for _, want := range tc.want {
				require.ErrorContains(t, errs.ToAggregate(), want)
			}
			require.Empty(t, cmp.Diff(before, source), "the source was changed")
		})
	}
}

// The source is copied: changing it afterwards does not change verdicts.
func TestImmutable(t *testing.T) {
	source := policiestest.Policy(t)
	p, errs := compiled.New(source, tools(t))
	require.Empty(t, errs)
	source.Spec.Participants[0] = "evil"
	source.Spec.Data[0].ClaimName = "evil"
	require.False(t, p.Lists("evil"))
	require.Empty(t, p.ClaimHolds("evil"))
	require.Equal(t, source.Name, p.Name())
	require.Same(t, p.Spec(), &p.Source().Spec)
}

func TestDefaults(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Workspace, s.OtherPods, s.Data[0].ReadOnly = v1alpha1.WorkspaceRule{}, "", nil
	})
	require.Equal(t, "/workspace", p.Spec().Workspace.MountPath)
	require.Equal(t, v1alpha1.OtherPodsIsolated, p.Spec().OtherPods)
	rule, _ := p.Data("ct-scans")
	require.True(t, rule.MustBeReadOnly())
}

func TestParticipants(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) { s.Workspace.SubPath = "fl/{participant}/x-{participant}" })
	want := compiled.Participant{Object: "site-2-809cb9ad", Claim: "site-2-809cb9ad-workspace", Folder: "fl/site-2-809cb9ad/x-site-2-809cb9ad", Label: "Site_2"}
	got := p.Participant("Site_2")
	require.True(t, got.AllowsPullSecret("regcred"))
	require.False(t, got.AllowsPullSecret("other"))
	require.Equal(t, want.Object, got.Object)
	require.Equal(t, []string{want.Claim, want.Folder, want.Label}, []string{got.Claim, got.Folder, got.Label})
	require.True(t, p.Lists("Site_2"))
	require.False(t, p.Lists("site-9"))
	require.Equal(t, "site-9-workspace", p.Participant("site-9").Claim, "also of one that is not listed")
}

func TestLaunchers(t *testing.T) {
	p := site(t, unchanged)
	for user, want := range map[string]string{
		"system:serviceaccount:fl:site-2-809cb9ad": "Site_2", "system:serviceaccount:fl:server1": "server1",
		"system:serviceaccount:fl2:server1": "", "system:serviceaccount:fl:": "", "system:serviceaccount:fl": "",
		"system:serviceaccount:f:l:server1": "", "server1": "", "": "",
	} {
		got, ok := p.ParticipantOfUser(user, "fl")
		require.Equal(t, want, got, user)
		require.Equal(t, want != "", ok, user)
	}
	require.Equal(t, "system:serviceaccount:fl:server1", p.LauncherUser("server1", "fl"))
	require.Empty(t, p.LauncherUser("site-9", "fl"))
}

func TestClaims(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) { s.Kits.Claims = []string{"flare-kits"} })
	for claim, want := range map[string]string{
		"ct-scans": "data", "flare-kits": "kits", "site-2-809cb9ad-workspace": "a workspace",
		"site-9-workspace": "", "-workspace": "", "": "", "Site_2-workspace": "",
	} {
		require.Equal(t, want, p.ClaimHolds(claim), claim)
	}
	rule, i := p.Data("ct-scans")
	require.Equal(t, 0, i)
	require.Equal(t, "pv-17", rule.VolumeName)
	for _, claim := range []string{"flare-kits", "site-2-809cb9ad-workspace", "other"} {
		rule, i := p.Data(claim)
		require.Nil(t, rule, claim)
		require.Equal(t, -1, i, claim)
	}
	require.Equal(t, []string{"Site_2"}, p.WorkspaceOf("site-2-809cb9ad-workspace"))
	require.Empty(t, p.WorkspaceOf("ct-scans"))
	shared := site(t, func(s *v1alpha1.SitePolicySpec) { s.Workspace.ClaimName, s.Workspace.SubPath = "all", "{participant}" })
	require.Equal(t, shared.Spec().Participants, shared.WorkspaceOf("all"))
}

func TestImages(t *testing.T) {
	one, two := "sha256:"+strings.Repeat("1", 64), "sha256:"+strings.Repeat("2", 64)
	p := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Images.Allowed = []v1alpha1.AllowedImage{
			{Repository: "registry.example.org/nvflare", Tag: "2.9.0", Digest: one},
			{Repository: "nvflare/nvflare", Digest: one},
			{Repository: "registry.example.org/nvflare", Tag: "2.8.0", Digest: two},
		}
	})
	for image, want := range map[string]struct {
		verdict  compiled.ImageVerdict
		entry    int
		resolved string
	}{
		"registry.example.org/nvflare@" + one:                  {compiled.ImageAllowed, 0, ""},
		"registry.example.org/nvflare:latest@" + two:           {compiled.ImageAllowed, 2, ""},
		"nvflare/nvflare@" + one:                               {compiled.ImageAllowed, 1, ""},
		"docker.io/nvflare/nvflare@" + one:                     {compiled.ImageAllowed, 1, ""},
		"docker.io/nvflare/nvflare@" + two:                     {compiled.ImageOtherDigest, -1, ""},
		"registry.example.org/nvflare:2.9.0":                   {compiled.ImageWithoutDigest, 0, "registry.example.org/nvflare@" + one},
		"registry.example.org/nvflare:2.8.0":                   {compiled.ImageWithoutDigest, 2, "registry.example.org/nvflare@" + two},
		"registry.example.org/nvflare:2.7.0":                   {compiled.ImageWithoutDigest, -1, ""},
		"registry.example.org/nvflare":                         {compiled.ImageWithoutDigest, -1, ""},
		"registry.example.org.evil.com/nvflare@" + one:         {compiled.ImageOtherRepository, -1, ""},
		"registry.example.org/nvflare/x@" + one:                {compiled.ImageOtherRepository, -1, ""},
		"registry.example.org/nvflare:2.9.0@" + two:            {compiled.ImageAllowed, 2, ""},
		"registry.example.org/nvflare@sha256:" + "1":           {compiled.ImageMalformed, -1, ""},
		"Registry/UPPER":                                       {compiled.ImageMalformed, -1, ""},
		"":                                                     {compiled.ImageMalformed, -1, ""},
		"registry.example.org/nvflare@" + one + "\nx":          {compiled.ImageMalformed, -1, ""},
		"registry.example.org/nvflare@" + strings.ToUpper(one): {compiled.ImageMalformed, -1, ""},
	} {
		require.Equal(t, want.verdict, p.Images.Check(image), image)
		require.Equal(t, want.entry, p.Images.Entry(image), image)
		resolved, ok := p.Images.Resolve(image)
		require.Equal(t, want.resolved, resolved, image)
		require.Equal(t, want.resolved != "", ok, image)
	}
	require.Equal(t, 2, strings.Count(p.Images.String(), ", "))
	many := site(t, func(s *v1alpha1.SitePolicySpec) {
		for i := range 9 {
			s.Images.Allowed = append(s.Images.Allowed, v1alpha1.AllowedImage{Repository: fmt.Sprintf("r.example.org/x%d", i), Digest: one})
		}
	})
	require.True(t, strings.HasSuffix(many.Images.String(), ", …"), many.Images.String())
	require.Equal(t, 3, strings.Count(many.Images.String(), ", "))
}

func TestFrameworks(t *testing.T) {
	all := site(t, unchanged)
	require.Equal(t, compiled.FrameworkAdmitted, all.Framework("nvflare", ""))
	require.Equal(t, compiled.FrameworkAdmitted, all.Framework("toy", "1.0"))
	require.Equal(t, compiled.FrameworkUnknown, all.Framework("other", ""))
	require.Equal(t, compiled.FrameworkUnknown, all.Framework("", ""))
	some := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Frameworks = []v1alpha1.FrameworkRule{{Name: "nvflare", Versions: ">=2.8, <3"}}
	})
	for version, want := range map[string]compiled.FrameworkVerdict{
		"2.8.0": compiled.FrameworkAdmitted, "2.8": compiled.FrameworkAdmitted, "2.9.1": compiled.FrameworkAdmitted,
		"2.7.9": compiled.FrameworkOtherVersion, "3.0.0": compiled.FrameworkOtherVersion, "2.9.0-rc1": compiled.FrameworkOtherVersion,
		"": compiled.FrameworkVersionUnknown, "new": compiled.FrameworkVersionUnknown, "2.9.0rc1": compiled.FrameworkVersionUnknown,
	} {
		require.Equal(t, want, some.Framework("nvflare", version), version)
	}
	require.Equal(t, compiled.FrameworkNotListed, some.Framework("toy", "1.0"))
	any := site(t, func(s *v1alpha1.SitePolicySpec) { s.Frameworks = []v1alpha1.FrameworkRule{{Name: "toy"}} })
	require.Equal(t, compiled.FrameworkAdmitted, any.Framework("toy", ""))
	require.Equal(t, compiled.FrameworkNotListed, any.Framework("nvflare", "2.9.0"))
}

func TestSealers(t *testing.T) {
	p := site(t, unchanged)
	public, err := pki.ParseP256PublicKey([]byte(p.Spec().Kits.Sealers[0].PublicKey))
	require.NoError(t, err)
	key := pki.KeyFingerprint(public)
	require.Equal(t, 0, p.Sealer(key))
	require.Equal(t, -1, p.Sealer(strings.ToUpper(key)))
	require.Equal(t, -1, p.Sealer(""))
}

// A pattern is for the participant's own Secrets only, and for no name without an ending.
func TestPullSecretPatterns(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Images.PullSecrets = []string{"{participant}-dockercfg-*", "{participant}-pull"}
	})
	one := p.Participant("Site_2")
	for name, want := range map[string]bool{
		"site-2-809cb9ad-dockercfg-x7k2p": true, "site-2-809cb9ad-pull": true,
		"site-2-809cb9ad-dockercfg-": false, "site-2-809cb9ad-dockercfg": false, "site-1-dockercfg-x7k2p": false, "site-2-809cb9ad-pull2": false, "": false,
	} {
		require.Equal(t, want, one.AllowsPullSecret(name), name)
	}
}

func TestAddresses(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Privacy = &v1alpha1.PrivacyRules{Egress: &v1alpha1.EgressRule{Servers: []v1alpha1.EgressServer{{Host: "flserver", Addresses: []string{"203.0.113.7", "2001:db8::7"}}}}}
	})
	require.True(t, p.HasAddress("flserver.", "203.0.113.7"))
	require.True(t, p.HasAddress("flserver", "2001:DB8:0::7"))
	require.False(t, p.HasAddress("flserver", "203.0.113.8"))
	require.False(t, p.HasAddress("other", "203.0.113.7"))
	require.False(t, p.HasAddress("flserver", ""))
}
