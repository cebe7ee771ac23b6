package acceptance_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// ids are the checks in the order of a report.
var ids = []string{
	"root", "root-pinned", "dates", "dates", "chain", "key", "key-mode", "participant", "org", "role",
	"server-names", "connection", "startup-files", "startup-signature", "local-signature", "local-files",
}

func TestVerifyGoodKits(t *testing.T) {
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		fed := newFederation(t, kittest.WithFamily(family))
		for _, k := range []*kittest.Kit{
			fed.Server("server1", "lab", "server1.fl.svc"), fed.Client("Site_2", "b"),
			fed.Admin("lead@a.org", "a", "lead"), fed.Client("site-1", "a", kittest.WithPKCS8Key()),
			fed.Client("site-3", "a", kittest.WithFQSN("relay-1.site-3")),
		} {
			read := k.Read()
			t.Run(family+"/"+read.Participant, func(t *testing.T) {
				all := verify(t, read, pinned(fed))
				assert.True(t, all.Passed())
				var got []string
				for _, f := range all {
					got = append(got, f.ID)
					assert.NotEmpty(t, f.Message, f.ID)
					assert.NotEmpty(t, f.File, f.ID)
					// The keys of 2.7 kits are readable by all, which is the only warning.
					if f.Status != kit.StatusPass {
						assert.Equal(t, acceptance.CheckKeyMode, f.ID, f.Message)
						assert.Equal(t, nvflare.Family27, family)
					}
				}
				assert.Equal(t, ids, got)
			})
		}
	}
}

func TestVerifySaysWhenTheRootIsNotPinned(t *testing.T) {
	fed := newFederation(t)
	all := verify(t, fed.Client("site-1", "a").Read(), verifyOptions{Now: today})
	assert.True(t, all.Passed())
	finding := only(t, all, kit.StatusWarn)
	assert.Equal(t, acceptance.CheckRootPinned, finding.ID)
	assert.Contains(t, finding.Message, "the root was not verified")
	assert.Contains(t, finding.Message, pki.Fingerprint(fed.Root))
	assert.Contains(t, finding.Fix, "through another channel than the kit")
}

func TestVerifyPin(t *testing.T) {
	fed, impostor := newFederation(t), newFederation(t)
	k := impostor.Client("site-1", "a").Read()

	finding := only(t, verify(t, k, pinned(fed)), kit.StatusFail)
	assert.Equal(t, acceptance.CheckRootPinned, finding.ID)
	assert.Contains(t, finding.Message, "the root is not the trusted one")

	_, err := acceptance.Pinned(registry, "abc")
	assert.ErrorContains(t, err, "it has 3 digits")
}

func TestVerifyDates(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").Read()
	end := issued.Add(kittest.Validity)
	for _, tt := range []struct {
		name string
		now  time.Time
		want kit.Status
		text string
	}{
		{"a second early", issued.Add(-time.Second), kit.StatusFail, "the certificate is not yet valid: it becomes valid on 2026-03-01T12:00:00Z"},
		{"at the start", issued, kit.StatusPass, "for another 360 days"},
		{"30 days before", end.Add(-acceptance.ExpiryWarning), kit.StatusPass, "for another 30 days"},
		{"less than 30 days", end.Add(-acceptance.ExpiryWarning + time.Second), kit.StatusWarn, "expires on 2027-02-24T12:00:00Z, in 29 days"},
		{"one day", end.Add(-25 * time.Hour), kit.StatusWarn, "in 1 day"},
		{"at the end", end, kit.StatusWarn, "in less than a day"},
		{"a second late", end.Add(time.Second), kit.StatusFail, "expired on 2027-02-24T12:00:00Z, less than a day ago"},
		{"long ago", end.AddDate(0, 0, 9), kit.StatusFail, "9 days ago"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := pinned(fed)
			options.Now = tt.now
			all := verify(t, k, options)
			dates := findings(all, acceptance.CheckDates)
			verified, _ := acceptance.AcceptAnytime(k, compiled(t, policy(t, fed, kittest.NewSealer(t, "it"))))
			assert.Empty(t, verified.Terms().Windows, "no seal, so not verified by a policy")
			open, err := acceptance.Pinned(registry, "")
			require.NoError(t, err)
			verified, _ = acceptance.AcceptAnytime(k, open)
			assert.Equal(t, tt.want == kit.StatusFail, len(verified.Terms().Failed(tt.now)) > 0, "failures alone")
			require.Len(t, dates, 2, "certificate and root")
			for _, f := range dates {
				assert.Equal(t, tt.want, f.Status)
			}
			assert.Contains(t, dates[0].Message, tt.text)
			assert.Equal(t, kit.StatusPass, findings(all, acceptance.CheckChain)[0].Status, "dates have a check of their own")
		})
	}
}

// TestVerifyBrokenKits makes one change to a kit and expects one finding.
func TestVerifyBrokenKits(t *testing.T) {
	fed, other := newFederation(t), newFederation(t)
	signed := newFederation(t, kittest.WithFamily(nvflare.Family27))
	client := func() *kittest.Kit { return fed.Client("site-1", "a") }
	for _, tt := range []struct {
		name   string
		kit    *kittest.Kit
		id     string
		status kit.Status
		text   string
	}{
		{"another root's certificate", client().With("startup/client.crt", other.Client("site-1", "a").File("startup/client.crt")),
			acceptance.CheckChain, kit.StatusFail, "the kit's root does not vouch for the certificate"},
		{"the root as certificate", client().With("startup/client.crt", client().File("startup/rootCA.pem")),
			acceptance.CheckChain, kit.StatusFail, "the certificate is that of a certificate authority"},
		{"a leaf as root", client().With("startup/rootCA.pem", fed.Client("x", "a").File("startup/client.crt")),
			acceptance.CheckRoot, kit.StatusFail, "not a root certificate: it is not marked as a certificate authority"},
		{"another key", client().With("startup/client.key", fed.Client("site-1", "a").File("startup/client.key")),
			acceptance.CheckKey, kit.StatusFail, "the private key does not belong to startup/client.crt"},
		{"an open key", client().WithMode("startup/client.key", 0o640),
			acceptance.CheckKeyMode, kit.StatusWarn, "its mode is 0640"},
		{"an open second key", client().With("startup/server.key", nil),
			acceptance.CheckKeyMode, kit.StatusWarn, "its mode is 0644"},
		{"another client's configuration", client().With("startup/fed_client.json", fed.Client("site-2", "a").File("startup/fed_client.json")),
			nvflare.CheckParticipant, kit.StatusFail, `the configuration is for "site-2", but the certificate is for "site-1"`},
		{"an fqsn that only ends alike", fed.Client("site-1", "a", kittest.WithFQSN("mysite-1")),
			nvflare.CheckParticipant, kit.StatusFail, "the configuration is for"},
		{"another admin's configuration", fed.Admin("a@x.org", "a", "lead").With("startup/fed_admin.json", fed.Admin("b@x.org", "a", "lead").File("startup/fed_admin.json")),
			nvflare.CheckParticipant, kit.StatusFail, `the configuration is for "b@x.org"`},
		{"no organisation", fed.Client("site-1", ""),
			nvflare.CheckOrg, kit.StatusFail, "has no organisation"},
		{"an admin without a role", fed.Admin("a@x.org", "a", ""),
			nvflare.CheckRole, kit.StatusFail, "the admin's certificate has no role"},
		{"an admin with another role", fed.Admin("a@x.org", "a", "auditor"),
			nvflare.CheckRole, kit.StatusWarn, `the admin's role is "auditor"`},
		{"a client with an admin's role", withCertificateOf(fed.Client("lead", "a"), fed.Admin("lead", "a", "lead")),
			nvflare.CheckRole, kit.StatusFail, `the kit is for the role client, but the certificate for the role "lead"`},
		{"an extra file", client().With("startup/evil.json", nil),
			nvflare.CheckStartupFiles, kit.StatusFail, "not a file of an NVFLARE kit for the role client"},
		{"resources in startup", client().With("startup/x__p_resources.json", []byte("{}")),
			nvflare.CheckStartupFiles, kit.StatusWarn, "settings that `nvflare provision` itself does not make"},
		{"resources in startup that run other code", client().With("startup/x__p_resources.json", []byte(`{"components": [{"id": "x", "path": "evil.Widget"}]}`)),
			nvflare.CheckStartupFiles, kit.StatusFail, "is not a class that NVFLARE ships"},
		{"a server's file at a client", client().With("startup/server_context.tenseal", nil),
			nvflare.CheckStartupFiles, kit.StatusFail, "not a file of an NVFLARE kit"},
		{"no script", client().Without("startup/start.sh"),
			nvflare.CheckStartupFiles, kit.StatusWarn, "missing: the kit works in a pod"},
		{"no resources", client().Without("local/resources.json.default"),
			nvflare.CheckLocalFiles, kit.StatusFail, "NVFLARE does not start"},
		{"an unknown local file", client().With("local/notes.txt", nil),
			kit.CheckLocalContent, kit.StatusWarn, "not a file that NVFLARE reads"},
		{"settings that are broken", client().With("local/resources.json", []byte("{\n  \"components\": [],\n}")),
			nvflare.CheckLocalFiles, kit.StatusFail, "not valid JSON: line 3: invalid character '}'"},
		{"2.7 without signature", signed.Client("site-1", "a").WithMode("startup/client.key", 0o600).Without("startup/signature.json"),
			nvflare.CheckStartupSignature, kit.StatusFail, "missing: NVFLARE 2.7 signs every kit"},
		{"2.7 without local signature", signed.Client("site-1", "a").WithMode("startup/client.key", 0o600).Without("local/signature.json"),
			nvflare.CheckLocalSignature, kit.StatusWarn, "missing, although NVFLARE 2.7 signs local/ too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.kit.Read()
			options := verifyOptions{Now: today, RootFingerprint: pki.Fingerprint(k.Root)}
			var found bool
			for _, f := range findings(verify(t, k, options), tt.id) {
				if f.Status == tt.status {
					found = true
					assert.Contains(t, f.Message, tt.text)
					assert.NotEmpty(t, f.Fix)
				}
			}
			assert.True(t, found, "%s of %s", tt.status, tt.id)
		})
	}
}

// A small fault causes one finding only.
func TestVerifyNamesOneProblem(t *testing.T) {
	fed := newFederation(t)
	for _, k := range []*kittest.Kit{
		fed.Client("site-1", "a").With("startup/evil.json", nil),
		fed.Client("site-1", "a").With("startup/client.key", fed.Client("site-1", "a").File("startup/client.key")),
		fed.Client("site-1", ""),
	} {
		only(t, verify(t, k.Read(), pinned(fed)), kit.StatusFail)
	}
}

func TestVerifyWithoutLocal(t *testing.T) {
	fed := newFederation(t)
	content, err := kit.NewContent(fed.Client("site-1", "a").Read().Startup, kit.Files{})
	require.NoError(t, err)
	k, err := registry.Read(content)
	require.NoError(t, err)
	finding := only(t, verify(t, k, pinned(fed)), kit.StatusFail)
	assert.Equal(t, nvflare.CheckLocalFiles, finding.ID)
	assert.True(t, verify(t, startup(k), pinned(fed)).Passed(), "a Secret has no local/")
}

func TestVerifyAcceptsWhatProjectsAdd(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a")
	for _, name := range []string{"docker.sh", "aws_start.sh", "azure_start.sh", "client_context.tenseal", "server.crt", "server.key"} {
		k.With("startup/"+name, nil).WithMode("startup/"+name, 0o600)
	}
	for _, name := range []string{"resources.json", "privacy.json", "study_registry.json", "comm_config.json", "relay__resources.json", "a__p_resources.json", "b__j_resources.json"} {
		k.With("local/"+name, []byte("{}"))
	}
	all := verify(t, k.Read(), pinned(fed))
	assert.Equal(t, len(all), all.Count(kit.StatusPass), "%+v", all)
}

// A kit can be configured to protect the connection less than its certificates could.
func TestVerifyConnection(t *testing.T) {
	fed := newFederation(t)
	for role, k := range map[string]*kittest.Kit{
		"servers[0]": fed.Server("server1", "lab"), "client": fed.Client("site-1", "a"), "admin": fed.Admin("a@b.org", "a", "lead"),
	} {
		for value, want := range map[any]string{
			"mtls": "", nil: "", "tls": "connection_security is tls", "clear": "connection_security is clear: the connection is neither encrypted",
		} {
			files := k.FS()
			for name, file := range files {
				if strings.HasPrefix(name, "startup/fed_") {
					setField(t, file, role+".connection_security", value)
				}
			}
			read, err := registry.ReadDir(files)
			require.NoError(t, err)
			finding := findings(verify(t, read, pinned(fed)), nvflare.CheckConnection)[0]
			assert.Equal(t, want == "", finding.Status == kit.StatusPass)
			assert.Contains(t, finding.Message, want)
		}
	}

	second := fed.Client("site-1", "a").With("startup/customRootCA.pem", nil).Read()
	finding := only(t, verify(t, second, pinned(fed)), kit.StatusWarn)
	assert.Equal(t, nvflare.CheckConnection, finding.ID)
	assert.Equal(t, "startup/customRootCA.pem", finding.File)
	assert.Contains(t, finding.Message, "a second root")
}

func TestVerifyKeyMode(t *testing.T) {
	fed := newFederation(t)
	for mode, want := range map[fs.FileMode]kit.Status{
		0: kit.StatusPass, 0o400: kit.StatusPass, 0o600: kit.StatusPass,
		0o640: kit.StatusWarn, 0o604: kit.StatusWarn, 0o644: kit.StatusWarn,
	} {
		all := verify(t, fed.Client("site-1", "a").WithMode("startup/client.key", mode).Read(), pinned(fed))
		assert.Equal(t, want, findings(all, acceptance.CheckKeyMode)[0].Status, "%#o", mode)
	}
}

func TestVerifyAServerWithoutNames(t *testing.T) {
	fed := newFederation(t)
	k := fed.ServerWith("server1", "lab", nil, kittest.WithoutNames()).Read()
	finding := only(t, verify(t, k, pinned(fed)), kit.StatusFail)
	assert.Equal(t, nvflare.CheckServerNames, finding.ID)
}

// withCertificateOf replaces the certificate and key of a kit with those of another.
func withCertificateOf(k, other *kittest.Kit) *kittest.Kit {
	for _, name := range []string{"startup/client.crt", "startup/client.key", "startup/server.crt", "startup/server.key"} {
		if _, ok := other.FS()[name]; ok {
			k.With(name, other.File(name))
		}
	}
	return k
}

// The root must be pinned, since anyone with another root can sign everything again.
func TestVerifySignatureOfAnotherFederation(t *testing.T) {
	fed := newFederation(t, kittest.WithFamily(nvflare.Family27))
	other := newFederation(t, kittest.WithFamily(nvflare.Family27))
	k := fed.Client("site-1", "a")
	k.With("startup/signature.json", other.Client("site-1", "a").File("startup/signature.json"))
	for _, f := range findings(verify(t, k.Read(), pinned(fed)), nvflare.CheckStartupSignature) {
		assert.Equal(t, kit.StatusFail, f.Status)
	}

	forged := verify(t, other.Client("site-1", "a").Read(), pinned(fed))
	assert.Equal(t, kit.StatusPass, findings(forged, nvflare.CheckStartupSignature)[0].Status)
	assert.Equal(t, acceptance.CheckRootPinned, only(t, forged, kit.StatusFail).ID)
}

// setField changes one field of a JSON file, by its path in dots.
func setField(t *testing.T, file *fstest.MapFile, field string, value any) {
	t.Helper()
	var root map[string]any
	require.NoError(t, json.Unmarshal(file.Data, &root))
	steps := strings.Split(field, ".")
	at := root
	for _, step := range steps[:len(steps)-1] {
		if name, indexed := strings.CutSuffix(step, "[0]"); indexed {
			at = at[name].([]any)[0].(map[string]any)
		} else {
			at = at[step].(map[string]any)
		}
	}
	last := steps[len(steps)-1]
	if at[last] = value; value == nil {
		delete(at, last)
	}
	var err error
	file.Data, err = json.Marshal(root)
	require.NoError(t, err)
}
