package flower

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// state is what provisioning remembers of a federation: its root, and the public keys of
// SuperNodes and scientists by name. Their private keys are in their kits alone.
type state struct {
	Root stateRoot         `json:"root"`
	Keys map[string]string `json:"keys"`
}

type stateRoot struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// maxState is the greatest size of a state, in bytes.
const maxState = 4 << 20

// rootYears is how long a root is valid.
const rootYears = 10

// RootFile is the state of `kubectl flare provision`.
func (Framework) RootFile() (tool, path string) {
	return "kubectl flare provision", "demo/state/state.json"
}

// ReadRoot reads the state of `kubectl flare provision`.
func (Framework) ReadRoot(data []byte) (certificate, key []byte, err error) {
	s, err := readState(data)
	if err != nil {
		return nil, nil, err
	}
	return []byte(s.Root.Certificate), []byte(s.Root.Key), nil
}

// readState drops the parser's errors, since they quote the file, which has private keys.
func readState(data []byte) (*state, error) {
	var s state
	switch {
	case len(data) > maxState:
		return nil, fmt.Errorf("it is larger than %d MiB", maxState>>20)
	case json.Unmarshal(data, &s) != nil:
		return nil, errors.New("it is not valid JSON of a state")
	case s.Root.Certificate == "" || s.Root.Key == "":
		return nil, errors.New("root.certificate or root.key is missing")
	}
	if s.Keys == nil {
		s.Keys = map[string]string{}
	}
	return &s, nil
}

func newState(federation string, now time.Time) (*state, *pki.Issuer, error) {
	root, err := NewRoot(federation, now.Add(-clockSkew), now.AddDate(rootYears, 0, 0))
	if err != nil {
		return nil, nil, err
	}
	key, err := pki.EncodeKey(root.Key)
	if err != nil {
		return nil, nil, err
	}
	return &state{Root: stateRoot{string(pki.EncodeCertificate(root.Certificate)), string(key)}, Keys: map[string]string{}}, root, nil
}

// issuer is the root in a state.
func (s *state) issuer() (*pki.Issuer, error) {
	c, err := pki.ParseCertificate([]byte(s.Root.Certificate))
	if err != nil {
		return nil, fmt.Errorf("root.certificate %w", err)
	}
	key, err := pki.ParseKey([]byte(s.Root.Key))
	if err != nil {
		return nil, fmt.Errorf("root.key %w", err)
	}
	if err := pki.CheckRoot(c); err != nil {
		return nil, fmt.Errorf("root.certificate: %w", err)
	}
	if !pki.Equal(key.Public(), c.PublicKey) {
		return nil, errors.New("root.key does not belong to root.certificate")
	}
	return &pki.Issuer{Certificate: c, Key: key}, nil
}

func (s *state) encode() ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}
