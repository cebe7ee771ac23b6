package agreement_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
)

const cases = 1000

// invalid takes the place of failed checks where the policy decides nothing.
const (
	invalid    = "the policy is invalid"
	unreadable = "the kit cannot be read"
)

// TestAgreement evaluates every case twice. The seed is fixed: each run has the same kits
// but for their random keys.
func TestAgreement(t *testing.T) {
	w, r := newWorld(t), rand.New(rand.NewPCG(2026, 11))
	judge := newPerson(w)
	dir := t.TempDir()
	seen := map[string]int{}
	for i := range cases {
		g := w.kit(t, r)
		policy := w.policy(t, r, g.kit)
		person := judge.verify(t, filepath.Join(dir, strconv.Itoa(i)), g, policy)
		cluster := w.cluster(t, g, policy)
		require.Equal(t, person, cluster, "case %d: %s of %s, on a volume: %v", i, g.kit.Participant, g.kit.Framework, g.onVolume)
		seen[strings.Join(person, ", ")]++
	}
	checkVariety(t, seen)
}

// checkVariety makes sure that the cases ask something: many are accepted, and every
// check that a policy or a seal decides rejects some.
func checkVariety(t *testing.T, seen map[string]int) {
	t.Helper()
	assert.Greater(t, seen[""], cases/40, "accepted")
	rejected := map[string]int{}
	for failed, n := range seen {
		for id := range strings.SplitSeq(failed, ", ") {
			rejected[id] += n
		}
	}
	for _, id := range []string{
		"root-pinned", "dates", "seal", "seal-files", "seal-identity", "seal-dates", "serial", "revoked", "listed", "claim",
		"privacy", "local-seal", "local-seal-files", "local-seal-identity", "local-seal-dates", "local-serial", "local-revoked", "local-content",
		"startup-files", "startup-signature", invalid, unreadable,
	} {
		assert.Positive(t, rejected[id], id)
	}
	t.Logf("accepted: %d, rejected: %v", seen[""], rejected)
}

// onVolume is what differs for the Secret of a kit on a volume: the policy must name
// the claim, and a signature of the framework's own is not looked at.
func onVolume(found kit.Findings, policy *v1alpha1.SitePolicySpec) kit.Findings {
	found = slices.DeleteFunc(slices.Clone(found), func(f kit.Finding) bool { return f.ID == nvflare.CheckStartupSignature })
	if !slices.Contains(policy.Kits.Claims, claim) {
		found = append(found, kit.Fail(acceptance.CheckClaim, kit.VolumeFile, "name the claim", "not in spec.kits.claims"))
	}
	return found
}

// person runs `kubectl flare kit`.
type person struct {
	cmd *cobra.Command
	out *bytes.Buffer
}

func newPerson(w *world) *person {
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	p := &person{out: out}
	p.cmd = kitcmd.NewCommand(clientstest.NoCluster(), kitcmd.Known{Frameworks: w.registry, Workloads: builtin.Default()}, streams, testingclock.NewFakePassiveClock(today))
	p.cmd.SilenceErrors = true
	p.cmd.SetOut(&bytes.Buffer{})
	return p
}

// verify gives the failed checks of `kit verify --policy`, sorted.
func (p *person) verify(t *testing.T, dir string, g generated, policy *v1alpha1.SitePolicy) []string {
	t.Helper()
	p.out.Reset()
	writeKit(t, dir, g.content)
	file := filepath.Join(dir, "policy.yaml")
	data, err := yaml.Marshal(policy)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o600))
	p.cmd.SetArgs([]string{"verify", dir, "--policy=" + file, "-o=json"})
	switch err := p.cmd.Execute(); {
	case err != nil && strings.Contains(err.Error(), "cannot use the kit"):
		return []string{unreadable}
	case err != nil && strings.Contains(err.Error(), "is invalid"):
		return []string{invalid}
	}
	var report kitcmd.StartupKitReport
	require.NoError(t, json.Unmarshal(p.out.Bytes(), &report))
	if g.onVolume {
		report.Findings = onVolume(report.Findings, &policy.Spec)
	}
	return ids(report.Findings)
}

func writeKit(t *testing.T, dir string, c *kit.Content) {
	t.Helper()
	for folder, files := range map[string]kit.Files{kit.StartupDir: c.Startup, kit.LocalDir: c.Local} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o700))
		for _, f := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, folder, f.Name), f.Data, 0o600))
		}
	}
	writeSeal(t, dir, c.Seal, kit.SealFile, kit.SealCertificateFile)
	writeSeal(t, dir, c.LocalSeal, kit.LocalSealFile, kit.LocalSealCertificateFile)
}

func writeSeal(t *testing.T, dir string, s *kit.Seal, envelope, certificate string) {
	t.Helper()
	if s == nil {
		return
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, envelope), s.Envelope, 0o600))
	if s.Certificate != nil {
		require.NoError(t, os.WriteFile(filepath.Join(dir, certificate), s.Certificate, 0o600))
	}
}

// ids are the failed checks. Where something failed that matters always, the webhook
// does not go on to what only matters at creation.
func ids(findings kit.Findings) []string {
	failed := []string{}
	if always := findings.In(kit.Always); !always.Passed() {
		findings = always
	}
	for _, f := range findings.With(kit.StatusFail) {
		failed = append(failed, f.ID)
	}
	slices.Sort(failed)
	return withoutIdentity(slices.Compact(failed))
}

// withoutIdentity leaves out that local/ is another kit's if something else is wrong with
// it: the webhook compares a local/ with a kit only if it is accepted in itself.
func withoutIdentity(failed []string) []string {
	other := func(id string) bool {
		return strings.HasPrefix(id, "local-") && id != acceptance.CheckLocalSealIdentity
	}
	if !slices.ContainsFunc(failed, other) {
		return failed
	}
	return slices.DeleteFunc(failed, func(id string) bool { return id == acceptance.CheckLocalSealIdentity })
}

// store is an API server with one Secret and one ConfigMap.
type store struct {
	client.Reader
	secret *corev1.Secret
	local  *corev1.ConfigMap
}

// Get implements client.Reader.
func (s store) Get(_ context.Context, _ client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	switch o := into.(type) {
	case *corev1.Secret:
		s.secret.DeepCopyInto(o)
	case *corev1.ConfigMap:
		s.local.DeepCopyInto(o)
	}
	return nil
}

// cluster gives the failed checks of the webhook for a pod that is created, sorted. A
// policy that the API server rejects never reaches the webhook, which denies everything.
func (w *world) cluster(t *testing.T, g generated, policy *v1alpha1.SitePolicy) []string {
	t.Helper()
	if len(v1alpha1.Validate(policy)) > 0 {
		if _, err := w.registry.FromSecret(secretData(t, g)); err != nil {
			return []string{unreadable}
		}
		return []string{invalid}
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "kit", UID: "1"}, Type: facts.KitSecretType, Immutable: new(true), Data: secretData(t, g),
	}
	verifier := kits.NewVerifier(store{secret: secret, local: localConfigMap(g)}, testingclock.NewFakePassiveClock(today), w.registry, func() {})
	fact := verifier.Kit(t.Context(), "ns", "kit", policy)
	if fact.Error != "" && len(fact.Failures) == 0 {
		return []string{unreadable}
	}
	failed := fact.Failures
	if fact.Error == "" {
		failed = fact.Terms.At(today)
		name := kit.SecretName(mustRead(t, w, g))
		assert.Equal(t, failed.Passed(), checks.KitProblems(name, kit.ObjectName(fact.Participant), fact, today) == nil, "the evaluator goes by the same findings")
	}
	return ids(slices.Concat(failed, localFailures(t, verifier, g, policy)))
}

// localFailures are those of the ConfigMap with local/. If nothing is wrong with it, its
// seal must be for the same kit.
func localFailures(t *testing.T, verifier *kits.Verifier, g generated, policy *v1alpha1.SitePolicy) kit.Findings {
	t.Helper()
	m := localConfigMap(g)
	fact := verifier.Local(t.Context(), "ns", m.Name, policy)
	switch {
	case fact.Error != "":
		require.NotEmpty(t, fact.Failures, fact.Error)
		return fact.Failures
	case !fact.Listed && fact.Identity != acceptance.IdentityOf(g.kit):
		return kit.Findings{kit.Fail(acceptance.CheckLocalSealIdentity, kit.LocalSealFile, "seal it", "for another kit")}
	}
	failed := append(fact.Terms.At(today), fact.Reading(acceptance.IdentityOf(g.kit)).Unmet.At(kit.AtCreate)...)
	assert.Equal(t, fact.Terms.At(today).Passed(), checks.LocalProblems(m.Name, &fact, today) == nil, "the evaluator goes by the same findings")
	return failed
}

// localConfigMap is what inject would write of local/ in the folder.
func localConfigMap(g generated) *corev1.ConfigMap {
	k := *g.kit
	k.Content = *g.content
	m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: kit.ConfigMapName(&k), UID: "2"}, Immutable: new(true)}
	m.Data, m.BinaryData = k.ConfigMapData()
	return m
}

func mustRead(t *testing.T, w *world, g generated) *kit.Kit {
	t.Helper()
	k, err := w.registry.FromSecret(secretData(t, g))
	require.NoError(t, err)
	return k
}

// secretData is what inject would write of the folder.
func secretData(t *testing.T, g generated) map[string][]byte {
	t.Helper()
	k := *g.kit
	k.Content = *g.content
	if !g.onVolume {
		return k.SecretData()
	}
	placed, err := k.On(kit.Volume{ClaimName: claim, SubPath: k.Folder("site-1")})
	require.NoError(t, err)
	return placed.SecretData()
}
