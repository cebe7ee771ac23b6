// Package certificates gives the webhook its serving certificate, from files
// that somebody else renews, or from a small authority of its own. Either may
// change while the webhook serves: each handshake takes the newest.
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
