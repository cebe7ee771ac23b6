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

// ErrSignature says that the envelope was not signed with the key, or that the payload
// was changed afterwards.
var ErrSignature = errors.New("its signature is not valid for the key")

// Envelope is a DSSE envelope with one signature. Do not trust its content before
// Verify.
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
		return nil, fmt.Errorf("the seal would be invalid: %w", err)
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

// KeyID is empty: nothing vouches for it, and DSSE's library skips a signature whose
// key ID is not one that it has made.
func (signer) KeyID() (string, error) { return "", nil }

// ParseEnvelope reads an envelope without verifying it. It ignores unknown fields, as
// DSSE requires.
func ParseEnvelope(data []byte) (*Envelope, error) {
	if len(data) > MaxEnvelope {
		return nil, fmt.Errorf("it is larger than %d KiB", MaxEnvelope>>10)
	}
	root, err := strictjson.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("it is not valid JSON: %w", err)
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

// oneSignature rejects several signatures: it would be unclear which of them counts.
func oneSignature(value any) (string, error) {
	list, _ := value.([]any)
	if len(list) != 1 {
		return "", fmt.Errorf("it has %d signatures, but must have one", len(list))
	}
	object, _ := list[0].(map[string]any)
	signature, ok := object["sig"].(string)
	if !ok || signature == "" {
		return "", errors.New("its signature has no sig")
	}
	return signature, nil
}

// decodeBase64 accepts both alphabets, as DSSE requires.
func decodeBase64(text string) ([]byte, error) {
	return (&dsse.Envelope{Payload: text}).DecodeB64Payload()
}

// Verify verifies the signature and then reads the Statement. The error is
// ErrSignature if another key may have made the signature.
func (e *Envelope) Verify(key *ecdsa.PublicKey) (*Statement, error) {
	sum := sha256.Sum256(dsse.PAE(PayloadType, e.payload))
	if !pki.OnP256(key) || !ecdsa.VerifyASN1(key, sum[:], e.signature) {
		return nil, ErrSignature
	}
	return decode(e.payload)
}

// Unverified reads the Statement without verifying the signature. Use it for display
// only, never for a decision.
func (e *Envelope) Unverified() (*Statement, error) { return decode(e.payload) }
