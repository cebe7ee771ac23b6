package kittest

import (
	"crypto/rsa"
	"crypto/x509"
	"testing"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Federation is a project with one root certificate.
type Federation struct {
	// Name is the project's name and the root's CN.
	Name string
	// Root is the certificate in every kit's rootCA.pem.
	Root *x509.Certificate

	t        testing.TB
	key      *rsa.PrivateKey
	issuer   *pki.Issuer
	settings settings
}

// NewFederation makes a federation with a new root certificate. Two federations never trust
// each other, even with the same name.
func NewFederation(t testing.TB, name string, options ...Option) *Federation {
	t.Helper()
	f := &Federation{Name: name, t: t, key: newKey(t), settings: defaults(time.Now()).with(options)}
	f.issuer = authority(t, f.settings, name, f.key)
	f.Root = f.issuer.Certificate
	return f
}

// Server makes the server's kit. The names, DNS names or IP addresses, go into
// the certificate; without names, only the server's own name.
func (f *Federation) Server(name, org string, names ...string) *Kit {
	f.t.Helper()
	return f.ServerWith(name, org, names)
}

// ServerWith is Server with options.
func (f *Federation) ServerWith(name, org string, names []string, options ...Option) *Kit {
	f.t.Helper()
	if len(names) == 0 {
		names = []string{name}
	}
	return f.kit(participant{role: nvflare.RoleServer, name: name, org: org, sans: names}, options)
}

// Client makes a client's kit.
func (f *Federation) Client(name, org string, options ...Option) *Kit {
	f.t.Helper()
	return f.kit(participant{role: nvflare.RoleClient, name: name, org: org, sans: []string{name}}, options)
}

// Admin makes an admin's kit; adminRole is project_admin, org_admin, lead or
// member.
func (f *Federation) Admin(name, org, adminRole string, options ...Option) *Kit {
	f.t.Helper()
	return f.kit(participant{role: nvflare.RoleAdmin, name: name, org: org, adminRole: adminRole, sans: []string{name}}, options)
}

type participant struct {
	role                 kit.Role
	name, org, adminRole string
	sans                 []string
}

func (f *Federation) kit(p participant, options []Option) *Kit {
	f.t.Helper()
	s := f.settings.with(options)
	if s.nameless {
		p.sans = nil
	}
	k := &Kit{t: f.t, federation: f, files: map[string]file{}}
	k.key = newKey(f.t)
	var err error
	if k.Certificate, err = f.issuer.Issue(leaf(s, subject(p.name, p.org, p.adminRole), p.sans), &k.key.PublicKey); err != nil {
		f.t.Fatal(err)
	}
	k.layOut(p, s)
	if s.family == nvflare.Family27 {
		k.Sign()
	}
	return k
}
