package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/webhook/server"
)

// authority issues certificates of clients.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.certificate, a.key = a.issue(t, "ca", true)
	return a
}

func (a *authority) issue(t *testing.T, name string, isCA bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: isCA, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	parent, signer := a.certificate, a.key
	if isCA {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate, key
}

func (a *authority) client(t *testing.T, name string) []tls.Certificate {
	t.Helper()
	certificate, key := a.issue(t, name, false)
	return []tls.Certificate{{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}}
}

func (a *authority) write(t *testing.T, file string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}), 0o600))
}

// Only a client with a certificate of the authority, and with a listed name, is served. The
// file of the authority may change while the server runs.
func TestClients(t *testing.T) {
	trusted, other := newAuthority(t), newAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.crt")
	trusted.write(t, file)
	r := startWith(t, 0, ok, &server.Clients{CA: file, Names: []string{"kube-apiserver"}})
	get := func(certificates []tls.Certificate) error {
		transport := r.client.Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.Certificates, transport.DisableKeepAlives = certificates, true
		response, err := (&http.Client{Transport: transport}).Get(r.url)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	require.NoError(t, get(trusted.client(t, "kube-apiserver")))
	require.Error(t, get(nil), "without a certificate")
	require.Error(t, get(trusted.client(t, "a-user")), "with another name")
	require.Error(t, get(other.client(t, "kube-apiserver")), "of another authority")
	other.write(t, file)
	require.NoError(t, get(other.client(t, "kube-apiserver")), "of the new authority")
	require.NoError(t, os.Remove(file))
	require.Error(t, get(other.client(t, "kube-apiserver")), "without the file")
}

func TestClientsCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.crt")
	require.ErrorContains(t, (&server.Clients{CA: file}).Check(), "cannot be read")
	require.NoError(t, os.WriteFile(file, []byte("words"), 0o600))
	require.ErrorContains(t, (&server.Clients{CA: file}).Check(), "no certificates in PEM")
	newAuthority(t).write(t, file)
	require.NoError(t, (&server.Clients{CA: file}).Check())
}
