package nvflare

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"maps"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// parseSignatures reads a signature.json: names of files and their signatures in base64. Its
// entries for folders do not matter, since kits have none.
func parseSignatures(file string, data []byte) (map[string]string, error) {
	doc, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	object, ok := doc.root.(map[string]any)
	if !ok {
		return nil, &kit.FieldError{File: file, Problem: "is not a JSON object", Fix: asProvisioned}
	}
	signatures := make(map[string]string, len(object))
	for name, value := range object {
		if signatures[name], ok = value.(string); !ok {
			return nil, &kit.FieldError{File: file, Field: kit.Quote(name), Problem: "must be a string", Fix: asProvisioned}
		}
	}
	return signatures, nil
}

// verifySignature verifies RSA-PSS with SHA-256. The length of the salt is read from the
// signature, since NVFLARE signs with the longest salt that fits.
func verifySignature(root *x509.Certificate, content []byte, signature string) error {
	public, ok := root.PublicKey.(*rsa.PublicKey)
	if !ok {
		return errors.New("the root's key is not an RSA key")
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return errors.New("the signature is not base64")
	}
	sum := sha256.Sum256(content)
	return rsa.VerifyPSS(public, crypto.SHA256, sum[:], raw, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
}

// missing are the signed files that do not exist, sorted.
func missing(signatures map[string]string, files kit.Files) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(signatures)) {
		if _, ok := files.Get(name); !ok {
			names = append(names, name)
		}
	}
	return names
}
