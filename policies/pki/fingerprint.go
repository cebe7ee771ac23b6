package pki

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is SHA-256 over the certificate's DER, as 64 lower-case hexadecimal
// digits. Different certificates have different fingerprints.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// KeyFingerprint is SHA-256 over the DER of a public key's SubjectPublicKeyInfo, as 64
// lower-case hexadecimal digits. It is empty for a kind of key that X.509 does not
// support. It does not change when a certificate is renewed with the same key.
func KeyFingerprint(key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Serial is a certificate's serial number, in lower-case hexadecimal digits without
// leading zeros.
func Serial(c *x509.Certificate) string { return c.SerialNumber.Text(16) }

// ParseSerial reads a serial number in hexadecimal digits in any usual form, with or
// without 0x, colons and leading zeros, and returns it in the form of Serial.
func ParseSerial(text string) (string, error) {
	digits := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), ":", ""), "0x")
	if digits == "" || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%.60q is not a serial number in hexadecimal digits", text)
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return "0", nil
	}
	return digits, nil
}

// ParseFingerprint reads a SHA-256 fingerprint in any usual form and returns it in the
// form of Fingerprint. It accepts 64 digits, with or without "sha256:", also with colons
// after every second digit, and the line that `openssl x509 -noout -fingerprint -sha256`
// prints.
func ParseFingerprint(text string) (string, error) {
	digits := strings.ToLower(strings.TrimSpace(text))
	for _, prefix := range []string{"sha256 fingerprint=", "sha256:"} {
		digits = strings.TrimPrefix(digits, prefix)
	}
	if strings.Contains(digits, ":") {
		pairs := strings.Split(digits, ":")
		for _, pair := range pairs {
			if len(pair) != 2 {
				return "", fingerprintError(text, "it must have colons after every second digit, or none")
			}
		}
		digits = strings.Join(pairs, "")
	}
	if strings.Trim(digits, "0123456789abcdef") != "" {
		return "", fingerprintError(text, "it has characters other than hexadecimal digits")
	}
	if len(digits) != hex.EncodedLen(sha256.Size) {
		return "", fingerprintError(text, wrongLength(digits))
	}
	return digits, nil
}

// wrongLength recognises the lengths of other digests that openssl prints.
func wrongLength(digits string) string {
	switch len(digits) {
	case 0:
		return "it is empty"
	case 32:
		return "it has 32 digits, like an MD5 fingerprint"
	case 40:
		return "it has 40 digits, like a SHA-1 fingerprint"
	}
	return fmt.Sprintf("it has %d digits", len(digits))
}

func fingerprintError(text, problem string) error {
	return fmt.Errorf("%.60q is not a SHA-256 fingerprint: %s; give the 64 digits that "+
		"`openssl x509 -in rootCA.pem -noout -fingerprint -sha256` prints", text, problem)
}
