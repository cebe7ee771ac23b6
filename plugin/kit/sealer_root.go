package kit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// maxState bounds the file in which provisioning keeps the root: it may hold a key and
// a certificate for every participant.
const maxState = 64 << 20

// certify issues the sealing certificate with the root.
func (o *SealerOptions) certify(key *ecdsa.PublicKey) ([]byte, error) {
	root, rootKey, err := o.root()
	if err != nil {
		return nil, err
	}
	now := o.clock.Now().UTC().Truncate(time.Second)
	from, until := now.Add(-kit.ClockSkew), now.Add(o.ValidFor)
	if from.Before(root.NotBefore) {
		from = root.NotBefore
	}
	if until.After(root.NotAfter) {
		until = root.NotAfter
	}
	if !until.After(now) {
		return nil, fmt.Errorf("the root certificate expired on %s: provision the federation again", root.NotAfter.UTC().Format(time.RFC3339))
	}
	return seal.NewCertificate(o.Name, key, &pki.Issuer{Certificate: root, Key: rootKey}, from, until)
}

// root reads the federation's root certificate and its key.
func (o *SealerOptions) root() (*x509.Certificate, crypto.Signer, error) {
	certificate, key, err := o.rootPEM()
	if err != nil {
		return nil, nil, err
	}
	from := func(flag string) string {
		if o.StateFile != "" {
			return "--state: the root in " + o.StateFile
		}
		return flag
	}
	root, err := pki.ParseCertificate(certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %w", from("--root-ca: "+o.RootFile), err)
	}
	if !root.IsCA {
		return nil, nil, fmt.Errorf("%s: this is not a root certificate; give the federation's rootCA.pem", from("--root-ca: "+o.RootFile))
	}
	signer, err := pki.ParseKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %w", from("--root-key: "+o.RootKeyFile), err)
	}
	if !pki.Equal(signer.Public(), root.PublicKey) {
		return nil, nil, fmt.Errorf("%s: the key does not belong to the root certificate", from("--root-key: "+o.RootKeyFile))
	}
	return root, signer, nil
}

func (o *SealerOptions) rootPEM() (certificate, key []byte, err error) {
	if o.StateFile != "" {
		return o.readState()
	}
	if certificate, err = readFile(o.RootFile, maxKeyFile); err != nil {
		return nil, nil, fmt.Errorf("--root-ca: %w", err)
	}
	if key, err = readFile(o.RootKeyFile, maxKeyFile); err != nil {
		return nil, nil, fmt.Errorf("--root-key: %w", err)
	}
	return certificate, key, nil
}

// readState takes the root out of the file in which provisioning keeps it.
func (o *SealerOptions) readState() (certificate, key []byte, err error) {
	data, err := readFile(o.StateFile, maxState)
	if err != nil {
		return nil, nil, fmt.Errorf("--state: %w", err)
	}
	if certificate, key, err = o.registry.ReadRoot(data); err != nil {
		return nil, nil, fmt.Errorf("--state: %s: %w", o.StateFile, err)
	}
	return certificate, key, nil
}
