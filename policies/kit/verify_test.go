package kit_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var (
	issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	today  = issued.AddDate(0, 1, 0)
)

func newFederation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	dates := kittest.WithDates(issued, issued.Add(kittest.Validity))
	return kittest.NewFederation(t, "demo", append([]kittest.Option{dates}, options...)...)
}

// pinned are the options of somebody who knows the federation's root.
func pinned(fed *kittest.Federation) kit.VerifyOptions {
	return kit.VerifyOptions{Now: today, RootFingerprint: kit.Fingerprint(fed.Root)}
}

// ids are the checks in the order of a report.
var ids = []string{
	"root", "root-pinned", "dates", "dates", "chain", "key", "key-mode", "participant", "org", "role",
	"server-names", "connection", "startup-files", "local-files", "startup-signature", "local-signature",
}

func TestVerifyGoodKits(t *testing.T) {
	for _, family := range []kit.Family{kit.Family27, kit.Family28} {
		fed := newFederation(t, kittest.WithFamily(family))
		for _, k := range []*kittest.Kit{
			fed.Server("server1", "lab", "server1.fl.svc"), fed.Client("Site_2", "b"),
			fed.Admin("lead@a.org", "a", "lead"), fed.Client("site-1", "a", kittest.WithPKCS8Key()),
			fed.Client("site-3", "a", kittest.WithFQSN("relay-1.site-3")),
		} {
			read := k.Read()
			t.Run(string(family)+"/"+read.Participant, func(t *testing.T) {
				report := read.Verify(pinned(fed))
				assert.True(t, report.Passed())
				var got []string
				for _, f := range report.Findings {
					got = append(got, f.ID)
					assert.NotEmpty(t, f.Message, f.ID)
					assert.NotEmpty(t, f.File, f.ID)
					// The keys of 2.7 kits are open to all: that is all there is to say.
					if f.Status != kit.StatusPass {
						assert.Equal(t, kit.CheckKeyMode, f.ID, f.Message)
						assert.Equal(t, kit.Family27, family)
					}
				}
				assert.Equal(t, ids, got)
			})
		}
	}
}

func TestVerifySaysWhenTheRootIsNotPinned(t *testing.T) {
	fed := newFederation(t)
	report := fed.Client("site-1", "a").Read().Verify(kit.VerifyOptions{Now: today})
	assert.True(t, report.Passed())
	finding := only(t, report, kit.StatusWarn)
	assert.Equal(t, kit.CheckRootPinned, finding.ID)
	assert.Contains(t, finding.Message, "the root was not checked")
	assert.Contains(t, finding.Message, kit.Fingerprint(fed.Root))
	assert.Contains(t, finding.Fix, "by another way than the kit")
}

func TestVerifyPin(t *testing.T) {
	fed, impostor := newFederation(t), newFederation(t)
	k := impostor.Client("site-1", "a").Read()

	finding := only(t, k.Verify(pinned(fed)), kit.StatusFail)
	assert.Equal(t, kit.CheckRootPinned, finding.ID)
	assert.Contains(t, finding.Message, "another root")

	finding = only(t, k.Verify(kit.VerifyOptions{Now: today, RootFingerprint: "abc"}), kit.StatusFail)
	assert.Equal(t, kit.CheckRootPinned, finding.ID)
	assert.Contains(t, finding.Message, "it has 3 digits")
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
		{"a second early", issued.Add(-time.Second), kit.StatusFail, "the certificate is good from 2026-03-01T12:00:00Z on, not yet"},
		{"at the start", issued, kit.StatusPass, "360 days more"},
		{"30 days before", end.Add(-kit.ExpiryWarning), kit.StatusPass, "30 days more"},
		{"less than 30 days", end.Add(-kit.ExpiryWarning + time.Second), kit.StatusWarn, "expires on 2027-02-24T12:00:00Z, in 29 days"},
		{"one day", end.Add(-25 * time.Hour), kit.StatusWarn, "in 1 day"},
		{"at the end", end, kit.StatusWarn, "in less than a day"},
		{"a second late", end.Add(time.Second), kit.StatusFail, "expired on 2027-02-24T12:00:00Z, less than a day ago"},
		{"long ago", end.AddDate(0, 0, 9), kit.StatusFail, "9 days ago"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := pinned(fed)
			options.Now = tt.now
			report := k.Verify(options)
			dates := findings(report, kit.CheckDates)
			require.Len(t, dates, 2, "certificate and root")
			for _, f := range dates {
				assert.Equal(t, tt.want, f.Status)
			}
			assert.Contains(t, dates[0].Message, tt.text)
			assert.Equal(t, kit.StatusPass, findings(report, kit.CheckChain)[0].Status, "dates have a check of their own")
		})
	}
}

// TestVerifyBrokenKits breaks one thing each, and one finding must say so.
func TestVerifyBrokenKits(t *testing.T) {
	fed, other := newFederation(t), newFederation(t)
	signed := newFederation(t, kittest.WithFamily(kit.Family27))
	client := func() *kittest.Kit { return fed.Client("site-1", "a") }
	for _, tt := range []struct {
		name   string
		kit    *kittest.Kit
		id     string
		status kit.Status
		text   string
	}{
		{"another root's certificate", client().With("startup/client.crt", other.Client("site-1", "a").File("startup/client.crt")),
			kit.CheckChain, kit.StatusFail, "the kit's root does not vouch for the certificate"},
		{"the root as certificate", client().With("startup/client.crt", client().File("startup/rootCA.pem")),
			kit.CheckChain, kit.StatusFail, "the participant's certificate is a certificate authority's"},
		{"a leaf as root", client().With("startup/rootCA.pem", fed.Client("x", "a").File("startup/client.crt")),
			kit.CheckRoot, kit.StatusFail, "not a root certificate: it is not marked as a certificate authority"},
		{"another key", client().With("startup/client.key", fed.Client("site-1", "a").File("startup/client.key")),
			kit.CheckKey, kit.StatusFail, "the private key does not belong to startup/client.crt"},
		{"an open key", client().WithMode("startup/client.key", 0o640),
			kit.CheckKeyMode, kit.StatusWarn, "its mode is 0640"},
		{"an open second key", client().With("startup/server.key", nil),
			kit.CheckKeyMode, kit.StatusWarn, "its mode is 0644"},
		{"another client's configuration", client().With("startup/fed_client.json", fed.Client("site-2", "a").File("startup/fed_client.json")),
			kit.CheckParticipant, kit.StatusFail, `the configuration is for "site-2", the certificate for "site-1"`},
		{"an fqsn that only ends alike", fed.Client("site-1", "a", kittest.WithFQSN("mysite-1")),
			kit.CheckParticipant, kit.StatusFail, "the configuration is for"},
		{"another admin's configuration", fed.Admin("a@x.org", "a", "lead").With("startup/fed_admin.json", fed.Admin("b@x.org", "a", "lead").File("startup/fed_admin.json")),
			kit.CheckParticipant, kit.StatusFail, `the configuration is for "b@x.org"`},
		{"no organisation", fed.Client("site-1", ""),
			kit.CheckOrg, kit.StatusFail, "names no organisation"},
		{"an admin without a role", fed.Admin("a@x.org", "a", ""),
			kit.CheckRole, kit.StatusFail, "the admin's certificate has no role"},
		{"an admin with another role", fed.Admin("a@x.org", "a", "auditor"),
			kit.CheckRole, kit.StatusWarn, `the admin's role is "auditor"`},
		{"a client with an admin's role", withCertificateOf(fed.Client("lead", "a"), fed.Admin("lead", "a", "lead")),
			kit.CheckRole, kit.StatusFail, `the kit of a client, but a certificate for the role "lead"`},
		{"an extra file", client().With("startup/evil.json", nil),
			kit.CheckStartupFiles, kit.StatusFail, "not a file that NVFLARE puts into the kit of the role client"},
		{"resources in startup", client().With("startup/x__p_resources.json", nil),
			kit.CheckStartupFiles, kit.StatusFail, "not a file that NVFLARE puts into"},
		{"a server's file at a client", client().With("startup/server_context.tenseal", nil),
			kit.CheckStartupFiles, kit.StatusFail, "not a file that NVFLARE puts into"},
		{"no script", client().Without("startup/start.sh"),
			kit.CheckStartupFiles, kit.StatusWarn, "missing: such a kit runs in a pod"},
		{"no resources", client().Without("local/resources.json.default"),
			kit.CheckLocalFiles, kit.StatusFail, "NVFLARE does not start"},
		{"an unknown local file", client().With("local/notes.txt", nil),
			kit.CheckLocalFiles, kit.StatusWarn, "NVFLARE does not know this file"},
		{"2.7 without signature", signed.Client("site-1", "a").WithMode("startup/client.key", 0o600).Without("startup/signature.json"),
			kit.CheckStartupSignature, kit.StatusFail, "missing: NVFLARE 2.7 signs every kit"},
		{"2.7 without local signature", signed.Client("site-1", "a").WithMode("startup/client.key", 0o600).Without("local/signature.json"),
			kit.CheckLocalSignature, kit.StatusWarn, "missing, though NVFLARE 2.7 signs local/ too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := tt.kit.Read()
			options := kit.VerifyOptions{Now: today, RootFingerprint: kit.Fingerprint(k.Root)}
			var found bool
			for _, f := range findings(k.Verify(options), tt.id) {
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

// TestVerifyNamesOneProblem makes sure that a small fault gives one finding.
func TestVerifyNamesOneProblem(t *testing.T) {
	fed := newFederation(t)
	for _, k := range []*kittest.Kit{
		fed.Client("site-1", "a").With("startup/evil.json", nil),
		fed.Client("site-1", "a").With("startup/client.key", fed.Client("site-1", "a").File("startup/client.key")),
		fed.Client("site-1", ""),
	} {
		only(t, k.Read().Verify(pinned(fed)), kit.StatusFail)
	}
}

func TestVerifyWithoutLocal(t *testing.T) {
	fed := newFederation(t)
	k, err := kit.Parse(fed.Client("site-1", "a").Read().Startup, nil)
	require.NoError(t, err)
	finding := only(t, k.Verify(pinned(fed)), kit.StatusWarn)
	assert.Equal(t, kit.CheckLocalFiles, finding.ID)
}

func TestVerifyAcceptsWhatProjectsAdd(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a")
	for _, name := range []string{"docker.sh", "aws_start.sh", "azure_start.sh", "client_context.tenseal", "server.crt", "server.key"} {
		k.With("startup/"+name, nil).WithMode("startup/"+name, 0o600)
	}
	for _, name := range []string{"resources.json", "privacy.json", "study_registry.json", "comm_config.json", "relay__resources.json", "a__p_resources.json", "b__j_resources.json"} {
		k.With("local/"+name, nil)
	}
	report := k.Read().Verify(pinned(fed))
	assert.Equal(t, len(report.Findings), report.Count(kit.StatusPass), "%+v", report)
}

// TestVerifyConnection: a kit can be told to protect less than its certificates
// could.
func TestVerifyConnection(t *testing.T) {
	fed := newFederation(t)
	for role, k := range map[string]*kittest.Kit{
		"servers[0]": fed.Server("server1", "lab"), "client": fed.Client("site-1", "a"), "admin": fed.Admin("a@b.org", "a", "lead"),
	} {
		for value, want := range map[any]string{
			"mtls": "", nil: "", "tls": "connection_security is tls", "clear": "connection_security is clear: nothing is encrypted",
		} {
			files := k.FS()
			for name, file := range files {
				if strings.HasPrefix(name, "startup/fed_") {
					setField(t, file, role+".connection_security", value)
				}
			}
			read, err := kit.Read(files)
			require.NoError(t, err)
			finding := findings(read.Verify(pinned(fed)), kit.CheckConnection)[0]
			assert.Equal(t, want == "", finding.Status == kit.StatusPass)
			assert.Contains(t, finding.Message, want)
		}
	}

	second := fed.Client("site-1", "a").With("startup/customRootCA.pem", nil).Read()
	finding := only(t, second.Verify(pinned(fed)), kit.StatusWarn)
	assert.Equal(t, kit.CheckConnection, finding.ID)
	assert.Equal(t, "startup/customRootCA.pem", finding.File)
	assert.Contains(t, finding.Message, "a second root")
}

func TestVerifyKeyMode(t *testing.T) {
	fed := newFederation(t)
	for mode, want := range map[fs.FileMode]kit.Status{
		0: kit.StatusPass, 0o400: kit.StatusPass, 0o600: kit.StatusPass,
		0o640: kit.StatusWarn, 0o604: kit.StatusWarn, 0o644: kit.StatusWarn,
	} {
		report := fed.Client("site-1", "a").WithMode("startup/client.key", mode).Read().Verify(pinned(fed))
		assert.Equal(t, want, findings(report, kit.CheckKeyMode)[0].Status, "%#o", mode)
	}
}

func TestServesName(t *testing.T) {
	fed := newFederation(t)
	server := fed.Server("server1", "lab", "server1.fl.svc", "*.lab.example", "10.0.0.7").Read()
	for _, host := range []string{"server1.fl.svc", "SERVER1.fl.svc", "a.lab.example", "10.0.0.7"} {
		require.NoError(t, server.ServesName(host), host)
	}
	for _, host := range []string{"server1", "a.b.lab.example", "10.0.0.8", "", "lab.example"} {
		err := server.ServesName(host)
		fieldError(t, err)
		require.ErrorContains(t, err, "startup/server.crt: subjectAltName does not cover")
		require.ErrorContains(t, err, "it has server1.fl.svc, *.lab.example, 10.0.0.7; add the name")
	}
	assert.EqualError(t, fed.Client("site-1", "a").Read().ServesName("site-1"), `"site-1" is the kit of a client: only a server is dialled`)
}

func TestVerifyAServerWithoutNames(t *testing.T) {
	fed := newFederation(t)
	k := fed.ServerWith("server1", "lab", nil, kittest.WithoutNames()).Read()
	finding := only(t, k.Verify(pinned(fed)), kit.StatusFail)
	assert.Equal(t, kit.CheckServerNames, finding.ID)
	assert.ErrorContains(t, k.ServesName("server1"), "it has no names")
}

func TestReportInJSON(t *testing.T) {
	report := kit.Report{Findings: []kit.Finding{
		{ID: kit.CheckChain, Status: kit.StatusPass, Message: "good", File: "startup/client.crt"},
		{ID: kit.CheckKey, Status: kit.StatusFail, Message: "bad", Fix: "ask"},
	}}
	data, err := json.Marshal(report)
	require.NoError(t, err)
	assert.JSONEq(t, `{"findings": [
		{"id": "chain", "status": "pass", "message": "good", "file": "startup/client.crt"},
		{"id": "key", "status": "fail", "message": "bad", "fix": "ask"}
	]}`, string(data))
}

// withCertificateOf gives a kit the certificate and key of another.
func withCertificateOf(k, other *kittest.Kit) *kittest.Kit {
	for _, name := range []string{"startup/client.crt", "startup/client.key", "startup/server.crt", "startup/server.key"} {
		if _, ok := other.FS()[name]; ok {
			k.With(name, other.File(name))
		}
	}
	return k
}

func findings(report kit.Report, id string) []kit.Finding {
	var out []kit.Finding
	for _, f := range report.Findings {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// only gives the one finding with that status.
func only(t *testing.T, report kit.Report, status kit.Status) kit.Finding {
	t.Helper()
	var found []kit.Finding
	for _, f := range report.Findings {
		if f.Status == status {
			found = append(found, f)
		}
	}
	require.Len(t, found, 1, "%+v", report)
	return found[0]
}
