package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Clients says which client certificates a Server demands. Only the API server sends
// reviews; without such a certificate, every pod that reaches the webhook could, and learn
// what the verdicts say.
type Clients struct {
	// CA is a file with the certificates of authorities, in PEM.
	CA string
	// Names are the common names that a client's certificate may have; if empty, any.
	Names []string
}

// Check reads the file once, so that a mistake shows at the start.
func (c *Clients) Check() error {
	_, err := c.pool()
	return err
}

// pool reads the file again for each handshake, since it may change. There are few: the API
// server keeps its connections.
func (c *Clients) pool() (*x509.CertPool, error) {
	data, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("the authority of clients cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s has no certificates in PEM", c.CA)
	}
	return pool, nil
}

// require makes a configuration demand a client certificate.
func (c *Clients) require(config *tls.Config) {
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		pool, err := c.pool()
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		own.GetConfigForClient = nil
		own.ClientAuth, own.ClientCAs, own.VerifyConnection = tls.RequireAndVerifyClientCert, pool, c.named
		return own, nil
	}
}

var errClientName = errors.New("the client's certificate is for another client")

func (c *Clients) named(state tls.ConnectionState) error {
	if len(c.Names) > 0 && !slices.Contains(c.Names, state.PeerCertificates[0].Subject.CommonName) {
		return errClientName
	}
	return nil
}
