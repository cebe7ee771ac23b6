package startupkit

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
)

// fillCertificates reads the three files that the configuration names.
func fillCertificates(k *Kit, c configuration, doc *document) error {
	chain, file, err := certificatesAt(k, doc, c.certificate)
	if err != nil {
		return err
	}
	roots, rootFile, err := certificatesAt(k, doc, c.root)
	if err != nil {
		return err
	}
	if len(roots) != 1 {
		return &FieldError{
			File: rootFile, Problem: fmt.Sprintf("holds %d certificates: a federation has one root, and NVFLARE would trust them all", len(roots)),
			Fix: "leave the federation's root alone in it",
		}
	}
	k.Certificate, k.Intermediates, k.Root = chain[0], chain[1:], roots[0]
	k.Participant, k.Org = k.Certificate.Subject.CommonName, organization(k.Certificate)
	if err := checkParticipant(file, k.Participant); err != nil {
		return err
	}
	keyFile, keyData, err := fileAt(k, doc, c.key)
	if err != nil {
		return err
	}
	k.keyName = path.Base(keyFile)
	_, err = parseKey(keyFile, keyData)
	return err
}

// fileAt gives the file of startup/ that the configuration names in a field.
func fileAt(k *Kit, doc *document, field []any) (string, []byte, error) {
	name, err := doc.text(field...)
	if err != nil {
		return "", nil, err
	}
	if path.Base(name) != name || CheckFileName(name) != nil {
		return "", nil, doc.wrong(fmt.Sprintf("is %s, which is not the plain name of a file", shown(name)), field...)
	}
	data, ok := k.Startup.Get(name)
	if !ok {
		return "", nil, &FieldError{
			File: path.Join(startupDir, name), Problem: fmt.Sprintf("is missing: %s of %s names it", fieldPath(field), path.Base(doc.file)),
			Fix: asProvisioned,
		}
	}
	file := path.Join(startupDir, name)
	if len(data) > maxParsed {
		return "", nil, tooLarge(file, maxParsed)
	}
	return file, data, nil
}

func certificatesAt(k *Kit, doc *document, field []any) ([]*x509.Certificate, string, error) {
	file, data, err := fileAt(k, doc, field)
	if err != nil {
		return nil, "", err
	}
	certificates, err := parseCertificates(data)
	if err != nil {
		return nil, "", &FieldError{File: file, Problem: err.Error(), Fix: asProvisioned}
	}
	return certificates, file, nil
}

// parseCertificates is stricter than needed to read a kit: it refuses every
// block that it does not understand, since NVFLARE's own reader might.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	blocks := pemBlocks(data)
	if len(blocks) == 0 || bytes.Count(data, []byte("-----BEGIN")) != len(blocks) {
		return nil, errors.New("is not good PEM")
	}
	certificates := make([]*x509.Certificate, 0, len(blocks))
	for _, block := range blocks {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("holds a PEM block %s where only CERTIFICATE belongs", shown(block.Type))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("holds a certificate that cannot be read: %v", err)
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

func pemBlocks(data []byte) []*pem.Block {
	var blocks []*pem.Block
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return blocks
		}
		blocks, data = append(blocks, block), rest
	}
}

// parseKey reads a private key. Its errors are fixed sentences: those of the
// parsers might quote the key.
func parseKey(file string, data []byte) (crypto.Signer, error) {
	wrong := func(problem string) (crypto.Signer, error) {
		return nil, &FieldError{File: file, Problem: problem, Fix: asProvisioned}
	}
	blocks := pemBlocks(data)
	if len(blocks) != 1 {
		return wrong("is not a PEM file with one private key")
	}
	var key any
	var err error
	switch blocks[0].Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(blocks[0].Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(blocks[0].Bytes)
	default:
		return wrong("is not an unencrypted private key in PKCS#1 or PKCS#8 form")
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return wrong("holds a private key that cannot be read")
	}
	return signer, nil
}

// checkParticipant makes sure that the name can stand in an argument and an
// annotation. Which names are legal in a federation is for NVFLARE to say.
func checkParticipant(file, name string) error {
	wrong := func(problem string) error {
		return &FieldError{File: file, Field: "subject CN", Problem: problem, Fix: asProvisioned}
	}
	odd := func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.IsSpace(r) }
	switch {
	case name == "":
		return wrong("is missing: it is the participant's name")
	case len(name) > 253:
		return wrong("is longer than 253 characters")
	case strings.ContainsFunc(name, odd):
		return wrong(fmt.Sprintf("is %s: a name has no blanks and no control characters", shown(name)))
	}
	return nil
}

func organization(c *x509.Certificate) string {
	if len(c.Subject.Organization) == 0 {
		return ""
	}
	return c.Subject.Organization[0]
}

// roleAttribute is the subject attribute unstructuredName, where NVFLARE puts an
// admin's role.
func roleAttribute(c *x509.Certificate) string {
	unstructuredName := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
	for _, attribute := range c.Subject.Names {
		if role, ok := attribute.Value.(string); ok && attribute.Type.Equal(unstructuredName) {
			return role
		}
	}
	return ""
}
