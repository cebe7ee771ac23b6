package kittest

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"testing"
)

// keyBits is the size that NVFLARE uses.
const keyBits = 2048

// spare has the keys of finished tests. Making an RSA key is by far the slowest part of
// making a kit, so keys are used again, but never by two participants at a time, which
// would hide mistakes.
type spare struct {
	mu   sync.Mutex
	keys []*rsa.PrivateKey
}

var spareKeys spare

// newKey lends a key to the test until it ends.
func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key := spareKeys.take()
	if key == nil {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
			t.Fatalf("generate an RSA key: %v", err)
		}
	}
	t.Cleanup(func() { spareKeys.put(key) })
	return key
}

func (s *spare) take() *rsa.PrivateKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) == 0 {
		return nil
	}
	last := len(s.keys) - 1
	key := s.keys[last]
	s.keys = s.keys[:last]
	return key
}

func (s *spare) put(key *rsa.PrivateKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}
