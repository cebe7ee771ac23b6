package kittest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"path"
)

// Sign writes the native signature.json of the current files into startup/ and local/.
// NVFLARE 2.7 signs every kit, and later versions only few.
func (k *Kit) Sign() *Kit {
	k.t.Helper()
	for _, dir := range []string{"startup", "local"} {
		signatures := object{}
		for name, f := range k.files {
			if path.Dir(name) == dir && path.Base(name) != "signature.json" {
				signatures[path.Base(name)] = k.signature(f.data)
			}
		}
		k.json(dir+"/signature.json", signatures)
	}
	return k
}

func (k *Kit) signature(content []byte) []byte {
	k.t.Helper()
	sum := sha256.Sum256(content)
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}
	signature, err := rsa.SignPSS(rand.Reader, k.federation.key, crypto.SHA256, sum[:], options)
	if err != nil {
		k.t.Fatalf("sign a file: %v", err)
	}
	return signature
}
