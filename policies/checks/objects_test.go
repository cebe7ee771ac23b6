package checks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func siteOf(t *testing.T, change func(*v1alpha1.SitePolicySpec)) *compiled.Policy {
	t.Helper()
	policy := policiestest.Policy(t)
	if change != nil {
		change(&policy.Spec)
	}
	return policiestest.Site(t, policy)
}

// expect requires one result of a check that contains the text, or none.
func expect(t *testing.T, name string, results []checks.Result, id, want string) {
	t.Helper()
	if want == "" {
		require.Empty(t, results, name)
		return
	}
	require.Len(t, results, 1, name)
	require.Equal(t, id, results[0].ID, name)
	require.Contains(t, results[0].String(), want, name)
	require.NotEmpty(t, results[0].Fix, name)
	require.NotEmpty(t, results[0].Field, name)
}

// claimFacts are of claims that a copy could be made of.
func claimFacts() *facts.Facts {
	absent := facts.ClaimFact{Error: "does not exist", Absent: true}
	return &facts.Facts{Claims: map[string]facts.ClaimFact{
		"notes": {VolumeName: "pv-18"}, "later": {}, "other": {VolumeName: "pv-17"}, "broken": {Error: "timeout"}, "none": absent, "": absent,
	}}
}

func TestClaimsThatAreCopies(t *testing.T) {
	site := siteOf(t, func(s *v1alpha1.SitePolicySpec) { s.Kits.Claims = []string{"flare-kits"} })
	empty, snapshots := "", snapshot.Group
	typed := func(group *string, kind, name string) func(*corev1.PersistentVolumeClaimSpec) {
		return func(s *corev1.PersistentVolumeClaimSpec) {
			s.DataSource = &corev1.TypedLocalObjectReference{APIGroup: group, Kind: kind, Name: name}
		}
	}
	ref := func(group *string, kind, name string) func(*corev1.PersistentVolumeClaimSpec) {
		return func(s *corev1.PersistentVolumeClaimSpec) {
			s.DataSourceRef = &corev1.TypedObjectReference{APIGroup: group, Kind: kind, Name: name}
		}
	}
	for name, tc := range map[string]struct {
		change func(*corev1.PersistentVolumeClaimSpec)
		want   string
	}{
		"empty":                  {func(*corev1.PersistentVolumeClaimSpec) {}, ""},
		"of data":                {typed(nil, "PersistentVolumeClaim", "ct-scans"), `claim "ct-scans" contains data`},
		"of data, in words":      {typed(&empty, "PersistentVolumeClaim", "ct-scans"), "contains data"},
		"of data, by reference":  {ref(nil, "PersistentVolumeClaim", "ct-scans"), "contains data"},
		"of a workspace":         {typed(nil, "PersistentVolumeClaim", "site-2-809cb9ad-workspace"), "contains a workspace"},
		"of kits":                {typed(nil, "PersistentVolumeClaim", "flare-kits"), "contains kits"},
		"of an ordinary claim":   {typed(nil, "PersistentVolumeClaim", "notes"), ""},
		"of a claim on the data": {typed(nil, "PersistentVolumeClaim", "other"), `claim "other" contains data`},
		"of an unbound claim":    {typed(nil, "PersistentVolumeClaim", "later"), ""},
		"of no claim":            {typed(nil, "PersistentVolumeClaim", "none"), ""},
		"of an unknown claim":    {ref(nil, "PersistentVolumeClaim", "broken"), "cannot be looked up"},
		"of a claim, no fact":    {ref(nil, "PersistentVolumeClaim", "unseen"), "cannot be looked up"},
		"of a snapshot":          {typed(&snapshots, "VolumeSnapshot", "any"), ""},
		"of another's snapshot":  {typed(&empty, "VolumeSnapshot", "any"), "a source of a kind that is not allowed"},
		"of a populator's":       {ref(new("forklift.example.org"), "Import", "x"), `"Import.forklift.example.org"`},
		"the second source is": {func(s *corev1.PersistentVolumeClaimSpec) {
			typed(nil, "PersistentVolumeClaim", "notes")(s)
			ref(nil, "PersistentVolumeClaim", "ct-scans")(s)
		}, "contains data"},
		"both are the same data": {func(s *corev1.PersistentVolumeClaimSpec) {
			typed(nil, "PersistentVolumeClaim", "ct-scans")(s)
			ref(nil, "PersistentVolumeClaim", "ct-scans")(s)
		}, "contains data"},
		"an odd kind": {typed(nil, "x\n\x1b[31m", "y"), `"x\n\x1b[31m."`},
	} {
		claim := &corev1.PersistentVolumeClaim{}
		tc.change(&claim.Spec)
		expect(t, name, checks.Claim(claim, nil, site, claimFacts()), checks.IDCopies, tc.want)
	}
}

func TestVolumesOfClaims(t *testing.T) {
	site := siteOf(t, func(s *v1alpha1.SitePolicySpec) { s.Kits.Claims = []string{"flare-kits"} })
	made := func(name, volume string) *corev1.PersistentVolumeClaim {
		return &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PersistentVolumeClaimSpec{VolumeName: volume}}
	}
	filled := made("flare-kits", "")
	filled.Spec.DataSource = &corev1.TypedLocalObjectReference{Kind: "VolumeSnapshot", Name: "nightly"}
	for name, tc := range map[string]struct {
		claim, old *corev1.PersistentVolumeClaim
		want       string
	}{
		"no volume":                     {made("mine", ""), nil, ""},
		"another volume":                {made("mine", "pv-18"), nil, ""},
		"the data":                      {made("mine", "pv-17"), nil, `volume "pv-17" is for claim "ct-scans"`},
		"the data, by the binder":       {made("mine", "pv-17"), made("mine", ""), `is for claim "ct-scans"`},
		"bound before":                  {made("mine", "pv-17"), made("mine", "pv-17"), ""},
		"bound to another":              {made("mine", "pv-18"), made("mine", ""), ""},
		"the data's own claim":          {made("ct-scans", "pv-17"), nil, ""},
		"its own claim, by the binder":  {made("ct-scans", "pv-17"), made("ct-scans", ""), ""},
		"its own claim elsewhere":       {made("ct-scans", "pv-18"), nil, `must be bound to "pv-17", not to "pv-18"`},
		"elsewhere, by the binder":      {made("ct-scans", "pv-18"), made("ct-scans", ""), `must be bound to "pv-17"`},
		"a workspace":                   {made("server1-workspace", "pv-18"), nil, ""},
		"a workspace on the data":       {made("server1-workspace", "pv-17"), nil, `is for claim "ct-scans"`},
		"kits that a snapshot provides": {filled, nil, `claim "flare-kits" contains kits`},
	} {
		expect(t, name, checks.Claim(tc.claim, tc.old, site, claimFacts()), checks.IDClaim, tc.want)
	}
}

func TestDeletionOfClaims(t *testing.T) {
	site := siteOf(t, func(s *v1alpha1.SitePolicySpec) { s.Kits.Claims = []string{"flare-kits"} })
	for name, want := range map[string]string{
		"ct-scans": "contains data", "flare-kits": "contains kits", "server1-workspace": "contains a workspace", "mine": "", "server2-workspace": "",
	} {
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}}
		expect(t, name, checks.ClaimDeletion(claim, site), checks.IDClaim, want)
	}
}

func TestSnapshots(t *testing.T) {
	site := siteOf(t, nil)
	for name, tc := range map[string]struct {
		claim *string
		want  string
	}{
		"of data": {new("ct-scans"), "spec.source.persistentVolumeClaimName: a copy"}, "of a workspace": {new("server1-workspace"), "contains a workspace"},
		"of an ordinary claim": {new("notes"), ""}, "of a claim on the data": {new("other"), `claim "other" contains data`}, "of a content": {nil, ""}, "of nothing": {new(""), ""},
	} {
		s := &snapshot.VolumeSnapshot{}
		s.Spec.Source.PersistentVolumeClaimName = tc.claim
		expect(t, name, checks.Snapshot(s, site, claimFacts()), checks.IDCopies, tc.want)
	}
}

func TestBinding(t *testing.T) {
	for user, want := range map[string]string{
		"system:kube-scheduler": "", "system:serviceaccount:volcano:scheduler": "",
		"alice": "only the scheduler may bind pods", "": "only the scheduler", "system:kube-schedulers": "only the scheduler",
		"system:serviceaccount:volcano:scheduler2": "only the scheduler",
	} {
		expect(t, user, checks.Binding(user, []string{"system:serviceaccount:volcano:scheduler"}), checks.IDBinding, want)
	}
}

// Only the launcher may write Secrets with its prefixes.
func TestLaunchersSecrets(t *testing.T) {
	site := siteOf(t, nil)
	none := siteOf(t, func(s *v1alpha1.SitePolicySpec) { s.Launchers = nil })
	for name, tc := range map[string]struct {
		site       *compiled.Policy
		user, name string
		want       string
	}{
		"a copy":                 {site, policiestest.LauncherUser, "nvflare-startup-site2-809cb9ad", ""},
		"tokens":                 {site, policiestest.LauncherUser, "nvflare-cred-j1-site2-809cb9ad", ""},
		"the server's copy":      {site, policiestest.LauncherUser, "nvflare-startup-server-b3eacd33", "only the participant's launcher"},
		"the server's tokens":    {site, policiestest.LauncherUser, "nvflare-cred-j1-server-b3eacd33", "only the participant's launcher"},
		"another's token":        {site, policiestest.ServerLauncher, "nvflare-startup-site2-809cb9ad", "only the participant's launcher"},
		"a copy, by alice":       {site, "alice", "nvflare-startup-x", "a reserved name"},
		"tokens, by alice":       {site, "alice", "nvflare-cred-x", "a reserved name"},
		"without a launcher":     {none, policiestest.LauncherUser, "nvflare-cred-x", "a reserved name"},
		"of another namespace":   {site, "system:serviceaccount:other:site-2-809cb9ad", "nvflare-cred-x", "a reserved name"},
		"a longer name":          {site, policiestest.LauncherUser + "-2", "nvflare-cred-x", "a reserved name"},
		"a shorter name":         {site, strings.TrimSuffix(policiestest.LauncherUser, "d"), "nvflare-cred-x", "a reserved name"},
		"no ServiceAccount":      {site, "site-2-809cb9ad", "nvflare-cred-x", "a reserved name"},
		"local/ in a Secret":     {site, policiestest.LauncherUser, "flare-local-x", "a reserved name"},
		"an ordinary one":        {site, "alice", "notes", ""},
		"a reserved word within": {site, "alice", "my-nvflare-cred-x", ""},
	} {
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: tc.name}}
		f := policiestest.JobFacts(policiestest.Policy(t), "client")
		results := checks.Secret(secret, nil, tc.site, &f, checks.Request{User: tc.user, Namespace: policiestest.Namespace})
		expect(t, name, results, checks.IDKitSecret, tc.want)
	}
}

func TestGoverned(t *testing.T) {
	known := policiestest.Catalog(t).Profiles()
	for name, tc := range map[string]struct {
		name string
		kind corev1.SecretType
		want bool
	}{
		"a kit": {"flare-kit-x", facts.KitSecretType, true}, "a kit's name": {"flare-kit-x", "Opaque", true},
		"a kit's type": {"mine", facts.KitSecretType, true}, "another type of ours": {"mine", "kubectl-flare.dev/x", true},
		"a launcher's": {"nvflare-cred-x", "", true}, "another's type": {"mine", "kubectl-flare.development/x", false},
		"an ordinary one": {"mine", "Opaque", false}, "like a kit": {"flare-kits", "Opaque", false},
	} {
		require.Equal(t, tc.want, checks.Governed(known, tc.name, tc.kind), name)
	}
}

func TestResultString(t *testing.T) {
	for want, r := range map[string]checks.Result{
		"why": {Reason: "why"}, "why: with what": {Reason: "why", Detail: "with what"}, "why; fix: how": {Reason: "why", Fix: "how"},
		"spec.x: why":                            {Reason: "why", Field: "spec.x"},
		`container "c" (spec.x): why: d; fix: f`: {Reason: "why", Field: "spec.x", Container: "c", Detail: "d", Fix: "f"},
		`container "c\n" (spec.x): why`:          {Reason: "why", Field: "spec.x", Container: "c\n"},
		"why: ":                                  {Reason: "why: "},
	} {
		require.Equal(t, want, r.String())
	}
}
