package seal

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// ErrSignature says that the envelope was not signed by that key, or that the
// payload was changed since.
var ErrSignature = errors.New("its signature is not good for that key")

// Envelope is a DSSE envelope with one signature. Nothing in it is true until
// Verify says so.
type Envelope struct{ payload, signature []byte }

// Sign makes the envelope of a Statement: ECDSA over P-256 with SHA-256, in
// ASN.1 DER, which is what `cosign verify-blob-attestation --key` checks.
func Sign(s *Statement, key *ecdsa.PrivateKey) ([]byte, error) {
	if !pki.OnP256(&key.PublicKey) {
		return nil, errors.New("the sealing key is not an ECDSA key on P-256; make one with `kubectl flare kit sealer new`")
	}
	payload, err := s.encode()
	if err != nil {
		return nil, err
	}
	if _, err := decode(payload); err != nil {
		return nil, fmt.Errorf("the seal would be refused: %w", err)
	}
	signer, err := dsse.NewEnvelopeSigner(signer{key})
	if err != nil {
		return nil, err
	}
	envelope, err := signer.SignPayload(context.Background(), PayloadType, payload)
	if err != nil {
		return nil, errors.New("the seal cannot be signed with the key")
	}
	data, err := json.MarshalIndent(envelope, "", "  ")
	return append(data, '\n'), err
}

type signer struct{ key *ecdsa.PrivateKey }

func (s signer) Sign(_ context.Context, data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	return ecdsa.SignASN1(rand.Reader, s.key, sum[:])
}

// KeyID stays empty: nothing vouches for it, and DSSE's library passes over a
// signature whose key ID is not of its own making.
func (signer) KeyID() (string, error) { return "", nil }

// ParseEnvelope reads an envelope without judging it. Fields that it does not
// know are ignored, as DSSE demands of readers.
func ParseEnvelope(data []byte) (*Envelope, error) {
	if len(data) > MaxEnvelope {
		return nil, fmt.Errorf("it is larger than %d KiB", MaxEnvelope>>10)
	}
	root, err := strictjson.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("it is not good JSON: %w", err)
	}
	object, _ := root.(map[string]any)
	payloadType, _ := object["payloadType"].(string)
	payload, ok := object["payload"].(string)
	if payloadType == "" || !ok {
		return nil, errors.New("it is not a DSSE envelope: payloadType or payload is missing")
	}
	if payloadType != PayloadType {
		return nil, fmt.Errorf("its payloadType is %.60q, not %s", payloadType, PayloadType)
	}
	signature, err := oneSignature(object["signatures"])
	if err != nil {
		return nil, err
	}
	e := &Envelope{}
	if e.payload, err = decodeBase64(payload); err != nil {
		return nil, errors.New("its payload is not base64")
	}
	if e.signature, err = decodeBase64(signature); err != nil {
		return nil, errors.New("its signature is not base64")
	}
	return e, nil
}

// oneSignature refuses several signatures: which of them counted would be
// anybody's guess.
func oneSignature(value any) (string, error) {
	list, _ := value.([]any)
	if len(list) != 1 {
		return "", fmt.Errorf("it has %d signatures where one belongs", len(list))
	}
	object, _ := list[0].(map[string]any)
	signature, ok := object["sig"].(string)
	if !ok || signature == "" {
		return "", errors.New("its signature has no sig")
	}
	return signature, nil
}

// decodeBase64 takes both alphabets, as DSSE demands.
func decodeBase64(text string) ([]byte, error) {
	return (&dsse.Envelope{Payload: text}).DecodeB64Payload()
}

// Verify checks the signature and then reads the Statement. The error is
// ErrSignature where another key might do better.
func (e *Envelope) Verify(key *ecdsa.PublicKey) (*Statement, error) {
	sum := sha256.Sum256(dsse.PAE(PayloadType, e.payload))
	if !pki.OnP256(key) || !ecdsa.VerifyASN1(key, sum[:], e.signature) {
		return nil, ErrSignature
	}
	return decode(e.payload)
}

// Unverified reads the Statement without a look at the signature: good for
// display, never for a verdict.
func (e *Envelope) Unverified() (*Statement, error) { return decode(e.payload) }
