package kittest

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// Validity is how long NVFLARE's certificates are valid by default.
const Validity = 360 * 24 * time.Hour

// Option changes how kits are made. Options of NewFederation apply to all its kits, and
// options of one kit to that kit.
type Option func(*settings)

type settings struct {
	family              string
	scheme, host        string
	port                int
	serverName          string
	notBefore, notAfter time.Time
	pkcs8               bool
	nameless            bool
	fqsn                string
}

func defaults(now time.Time) settings {
	issued := now.Add(-time.Hour).UTC().Truncate(time.Second)
	return settings{
		family: nvflare.Family28, scheme: "grpc", host: "server1", port: 8002, serverName: "server1",
		notBefore: issued, notAfter: issued.Add(Validity),
	}
}

func (s settings) with(options []Option) settings {
	for _, option := range options {
		option(&s)
	}
	return s
}

// WithFamily makes kits of this NVFLARE family; the default is Family28.
func WithFamily(family string) Option {
	return func(s *settings) { s.family = family }
}

// WithScheme sets the scheme: grpc, which is the default, http or tcp.
func WithScheme(scheme string) Option {
	return func(s *settings) { s.scheme = scheme }
}

// WithAddress sets the address that clients and admins dial; the default is server1:8002.
// The server listens on the same port.
func WithAddress(host string, port int) Option {
	return func(s *settings) { s.host, s.port = host, port }
}

// WithServerName sets the server's own name in the kits of clients and admins; the default
// is server1.
func WithServerName(name string) Option {
	return func(s *settings) { s.serverName = name }
}

// WithDates sets when certificates are valid; the default is for Validity from an hour ago.
// Golden tests need fixed dates.
func WithDates(notBefore, notAfter time.Time) Option {
	return func(s *settings) { s.notBefore, s.notAfter = notBefore.UTC(), notAfter.UTC() }
}

// WithPKCS8Key writes the private key in PKCS#8 form. NVFLARE writes PKCS#1.
func WithPKCS8Key() Option {
	return func(s *settings) { s.pkcs8 = true }
}

// WithFQSN sets a client's fqsn, which is its name by default.
func WithFQSN(fqsn string) Option {
	return func(s *settings) { s.fqsn = fqsn }
}

// WithoutNames makes a certificate without a subject alternative name, which
// NVFLARE never does.
func WithoutNames() Option {
	return func(s *settings) { s.nameless = true }
}
