// Package certificates gives the webhook its serving certificate, from files
// that somebody else renews, or from a small authority of its own. Either may
// change while the webhook serves: each handshake takes the newest.
//
// Why not cert-manager's pkg/server/tls (v1.21.2)? With its DynamicSource in the
// place of SelfSigned the stripped webhook grew from 31.5 to 35.5 MB, above the
// goal of 35 MB, because the package links zap, LDAP, component-base's metrics and
// the types of ACME and the Gateway API; RSS grew from 30.6 to 35.0 MB, and the
// start until ready from 0.3 to 1.2 s. It needs list and watch on the Secret, where
// get and update do here. DynamicAuthority keeps no previous authority, and
// DynamicSource serves a new certificate before the API server can trust it: with
// two replicas, 7 of 3,306 new connections failed while the authority was renewed,
// for up to 126 ms, and none of 4,635 here. Code of our own around Sign cured that,
// but only by keeping the previous authority in caBundle, where others may write.
// docs/certificates.md has all figures.
//
// Why not controller-runtime's certwatcher (v0.25.2) in the place of Files? It
// compares the leaf and the key alone: a chain that changed while its leaf stayed was
// not served after 25 s, here after 1 ms. Nor can it start before the files exist.
// cert-manager's FileCertificateSource compares everything, but is in
// pkg/server/tls.
package certificates

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Source gives serving certificates.
type Source interface {
	// Run keeps the certificate new until the context ends.
	Run(ctx context.Context) error
	// GetCertificate is for tls.Config.
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Ready gives an error as long as there is no certificate.
	Ready() error
	// NotAfter is when the certificate ends; zero where there is none.
	NotAfter() time.Time
}

var errNone = errors.New("there is no serving certificate yet")

// current is the certificate in use.
type current struct {
	pair atomic.Pointer[tls.Certificate]
}

// GetCertificate implements Source.
func (c *current) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if pair := c.pair.Load(); pair != nil {
		return pair, nil
	}
	return nil, errNone
}

// Ready implements Source.
func (c *current) Ready() error {
	_, err := c.GetCertificate(nil)
	return err
}

// NotAfter implements Source.
func (c *current) NotAfter() time.Time {
	if pair := c.pair.Load(); pair != nil {
		return pair.Leaf.NotAfter
	}
	return time.Time{}
}

// use takes a new pair into use, unless it is broken: then the old one stays.
func (c *current) use(certificate, key []byte) error {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		// The words of the parser are about form and never hold the key.
		return fmt.Errorf("the serving certificate and its key cannot be used: %w", err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("the serving certificate cannot be read: %w", err)
		}
	}
	c.pair.Store(&pair)
	return nil
}
