package v1alpha1_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestParticipants(t *testing.T) {
	only := func(name string) func(*spec) {
		return func(s *spec) { s.Participants, s.Kits.MinimumSerial, s.Launchers = []string{name}, nil, nil }
	}
	validate(t, map[string]row{
		"one":               {only("site-1"), nil},
		"a mail address":    {only("lead@hospital-a.org"), nil},
		"a blank within":    {only("Hospital A"), nil},
		"253 characters":    {only(strings.Repeat("a", 253)), nil},
		"254 characters":    {only(strings.Repeat("a", 254)), []string{"spec.participants[0]: Invalid"}},
		"empty":             {only(""), []string{"spec.participants[0]: Invalid"}},
		"a blank before":    {only(" a"), []string{"must be a participant's name"}},
		"a line end after":  {only("a\n"), []string{"spec.participants[0]: Invalid"}},
		"several, two odd":  {func(s *spec) { s.Participants = append(s.Participants, "", "b ") }, []string{"participants[3]", "participants[4]"}},
		"twice, three":      {func(s *spec) { s.Participants = append(s.Participants, "a", "a", "a") }, []string{"participants[4]: Duplicate", "participants[5]: Duplicate"}},
		"in another case":   {func(s *spec) { s.Participants = append(s.Participants, "site_2") }, nil},
		"ninety more":       {func(s *spec) { s.Participants = append(s.Participants, names(90)...) }, nil},
		"shared by several": {func(s *spec) { s.Workspace.SubPath, s.Workspace.ClaimName = "x", "all" }, []string{"spec.workspace.claimName: Invalid"}},
	})
}

func TestRoots(t *testing.T) {
	ones, twos := strings.Repeat("1", 64), strings.Repeat("2", 64)
	roots := func(all ...v1alpha1.TrustRoot) func(*spec) { return func(s *spec) { s.Kits.TrustRoots = all } }
	validate(t, map[string]row{
		"two":             {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones}, v1alpha1.TrustRoot{Name: "b", SHA256: twos}), nil},
		"sealers alone":   {roots(), nil},
		"no name":         {roots(v1alpha1.TrustRoot{SHA256: ones}), []string{"trustRoots[0].name: Required"}},
		"63 digits":       {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones[1:]}), []string{"trustRoots[0].sha256: Invalid"}},
		"65 digits":       {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones + "1"}), []string{"trustRoots[0].sha256: Invalid"}},
		"with colons":     {roots(v1alpha1.TrustRoot{Name: "a", SHA256: "11:" + ones[3:]}), []string{"64 lower-case hexadecimal digits"}},
		"a line end":      {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones + "\n"}), []string{"trustRoots[0].sha256: Invalid"}},
		"one name":        {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones}, v1alpha1.TrustRoot{Name: "a", SHA256: twos}), []string{"trustRoots[1].name: Duplicate"}},
		"one fingerprint": {roots(v1alpha1.TrustRoot{Name: "a", SHA256: ones}, v1alpha1.TrustRoot{Name: "b", SHA256: ones}), []string{"trustRoots[1].sha256: Duplicate"}},
		"nothing pinned":  {func(s *spec) { s.Kits.TrustRoots, s.Kits.Sealers = nil, nil }, []string{"or list the site's own keys in sealers"}},
	})
}

func TestSerialsAndRevocations(t *testing.T) {
	revoked := func(change func(*v1alpha1.Revoked)) func(*spec) { return func(s *spec) { change(&s.Kits.Revoked) } }
	validate(t, map[string]row{
		"serial zero":          {func(s *spec) { s.Kits.MinimumSerial = map[string]int64{"Site_2": 0} }, nil},
		"below zero, unknown":  {func(s *spec) { s.Kits.MinimumSerial = map[string]int64{"x": -1} }, []string{"is for a participant that spec.participants does not list", "must be 0 or more"}},
		"a serial":             {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{"1"} }), nil},
		"a serial of 40":       {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{strings.Repeat("f", 40)} }), nil},
		"a serial of 41":       {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{strings.Repeat("f", 41)} }), []string{"certificateSerials[0]: Invalid"}},
		"a leading zero":       {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{"01"} }), []string{"without colons or leading zeros"}},
		"a serial in capitals": {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{"AB"} }), []string{"certificateSerials[0]: Invalid"}},
		"a serial twice":       {revoked(func(r *v1alpha1.Revoked) { r.CertificateSerials = []string{"a", "a"} }), []string{"certificateSerials[1]: Duplicate"}},
		"a key that is short":  {revoked(func(r *v1alpha1.Revoked) { r.Keys = []string{strings.Repeat("a", 63)} }), []string{"keys[0]: Invalid"}},
		"a kit that is short":  {revoked(func(r *v1alpha1.Revoked) { r.Kits = []string{strings.Repeat("a", 32)} }), []string{"kits[0]: Invalid"}},
		"all of it": {revoked(func(r *v1alpha1.Revoked) {
			r.Keys, r.Kits = []string{strings.Repeat("a", 64)}, []string{strings.Repeat("b", 64)}
		}), nil},
	})
}

func TestKitClaims(t *testing.T) {
	claims := func(all ...string) func(*spec) { return func(s *spec) { s.Kits.Claims = all } }
	validate(t, map[string]row{
		"one":                  {claims("flare-kits"), nil},
		"twice":                {claims("flare-kits", "flare-kits"), []string{"claims[1]: Duplicate"}},
		"no name":              {claims(""), []string{"claims[0]: Invalid"}},
		"no name of an object": {claims("Kits"), []string{"claims[0]: Invalid"}},
		"data's":               {claims("ct-scans"), []string{"must not be a claim of spec.data"}},
		"a workspace's":        {claims("site-9-workspace"), []string{"must not be the claim of a participant's workspace"}},
		"the workspace": {func(s *spec) {
			s.Kits.Claims, s.Workspace.ClaimName, s.Workspace.SubPath = []string{"all"}, "all", "{participant}"
		}, []string{"claims[0]: Invalid"}},
		"beside the workspace": {func(s *spec) {
			s.Kits.Claims, s.Workspace.ClaimName, s.Workspace.SubPath = []string{"all-2"}, "all", "{participant}"
		}, nil},
	})
}

func TestFrameworks(t *testing.T) {
	rules := func(all ...v1alpha1.FrameworkRule) func(*spec) { return func(s *spec) { s.Frameworks = all } }
	validate(t, map[string]row{
		"none":           {rules(), nil},
		"one":            {rules(v1alpha1.FrameworkRule{Name: "nvflare"}), nil},
		"a version":      {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: "2.8.0"}), nil},
		"at least":       {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: ">=2.8"}), nil},
		"between":        {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: ">=2.8, <3 || 3.1.x"}), nil},
		"two":            {rules(v1alpha1.FrameworkRule{Name: "nvflare"}, v1alpha1.FrameworkRule{Name: "other"}), nil},
		"twice":          {rules(v1alpha1.FrameworkRule{Name: "nvflare"}, v1alpha1.FrameworkRule{Name: "nvflare", Versions: ">=2"}), []string{"spec.frameworks[1]: Duplicate"}},
		"no name":        {rules(v1alpha1.FrameworkRule{}), []string{"spec.frameworks[0].name: Invalid"}},
		"in capitals":    {rules(v1alpha1.FrameworkRule{Name: "NVFLARE"}), []string{"spec.frameworks[0].name: Invalid"}},
		"no range":       {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: "new"}), []string{"spec.frameworks[0].versions: Invalid"}},
		"half a range":   {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: ">="}), []string{"must be a range of semantic versions"}},
		"an old mistake": {rules(v1alpha1.FrameworkRule{Name: "nvflare", Versions: "=>2.8 and so on"}), []string{"versions: Invalid"}},
	})
	admitted, err := (&v1alpha1.FrameworkRule{Name: "nvflare"}).Admitted()
	require.NoError(t, err)
	require.Nil(t, admitted)
}

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// A sealer's key must be an ECDSA key on P-256 in one PEM block.
func TestSealerKeys(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	good := publicPEM(t, &p256.PublicKey)
	key := func(text string) func(*spec) {
		return func(s *spec) { s.Kits.Sealers = []v1alpha1.Sealer{{Name: "a", PublicKey: text}} }
	}
	validate(t, map[string]row{
		"P-256":             {key(good), nil},
		"with line ends":    {key(good + "\n\r\n \t"), nil},
		"with a comment":    {key("the key of IT security\n" + good), nil},
		"P-384":             {key(publicPEM(t, &p384.PublicKey)), []string{"is not an ECDSA key on P-256"}},
		"RSA":               {key(publicPEM(t, &rsaKey.PublicKey)), []string{"is not an ECDSA key on P-256"}},
		"empty":             {key(""), []string{"is not PEM with one PUBLIC KEY"}},
		"with a word after": {key(good + "x"), nil},
		"a certificate":     {key(strings.ReplaceAll(good, "PUBLIC KEY", "CERTIFICATE")), []string{"is not PEM with one PUBLIC KEY"}},
		"cut":               {key(good[:60] + "\n-----END PUBLIC KEY-----\n"), []string{"sealers[0].publicKey: Invalid"}},
		"no name":           {func(s *spec) { s.Kits.Sealers[0].Name = "" }, []string{"sealers[0].name: Required"}},
		"two, one broken":   {func(s *spec) { s.Kits.Sealers = append(s.Kits.Sealers, v1alpha1.Sealer{Name: "b"}) }, []string{"sealers[1].publicKey: Invalid"}},
	})
}
