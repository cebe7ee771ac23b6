package nvflare

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// fillCertificates reads the three files that the configuration refers to.
func fillCertificates(k *kit.Kit, c configuration, doc *document) error {
	chain, file, err := certificatesAt(k, doc, c.certificate)
	if err != nil {
		return err
	}
	root, rootFile, err := rootAt(k, doc, c.root)
	if err != nil {
		return err
	}
	keyFile, err := keyAt(k, doc, c.key)
	if err != nil {
		return err
	}
	k.Certificate, k.Intermediates, k.Root = chain[0], chain[1:], root
	k.Participant, k.Org = k.Certificate.Subject.CommonName, organization(k.Certificate)
	k.KeyFingerprint = pki.KeyFingerprint(k.Certificate.PublicKey)
	k.Paths = kit.Paths{Configuration: doc.file, Certificate: file, Key: keyFile, Root: rootFile}
	return checkSubject(file, k.Certificate)
}

// keyAt parses the private key, unless it is on a volume.
func keyAt(k *kit.Kit, doc *document, field []any) (string, error) {
	if name, err := doc.text(field...); err == nil && k.Elsewhere(name) {
		return path.Join(kit.StartupDir, name), nil
	}
	file, data, err := fileAt(k, doc, field)
	if err != nil {
		return "", err
	}
	key, err := pki.ParseKey(data)
	if err != nil {
		return "", &kit.FieldError{File: file, Problem: err.Error(), Fix: asProvisioned}
	}
	k.OwnKey = key.Public()
	return file, nil
}

// rootAt rejects a second root, since NVFLARE would trust it too.
func rootAt(k *kit.Kit, doc *document, field []any) (*x509.Certificate, string, error) {
	roots, file, err := certificatesAt(k, doc, field)
	if err != nil {
		return nil, "", err
	}
	if len(roots) != 1 {
		return nil, "", &kit.FieldError{
			File: file, Problem: fmt.Sprintf("contains %d certificates, all of which NVFLARE would trust", len(roots)),
			Fix: "keep only the federation's root certificate in it",
		}
	}
	return roots[0], file, nil
}

// fileAt returns the file of startup/ that a field of the configuration refers to.
func fileAt(k *kit.Kit, doc *document, field []any) (string, []byte, error) {
	name, err := doc.text(field...)
	if err != nil {
		return "", nil, err
	}
	if kit.CheckStartupName(name) != nil {
		return "", nil, doc.wrong(fmt.Sprintf("is %s, which is not a valid file name", kit.Quote(name)), field...)
	}
	data, ok := k.Startup.Get(name)
	if !ok {
		return "", nil, &kit.FieldError{
			File: path.Join(kit.StartupDir, name), Problem: fmt.Sprintf("is missing: %s of %s refers to it", fieldPath(field), path.Base(doc.file)),
			Fix: asProvisioned,
		}
	}
	return path.Join(kit.StartupDir, name), data, nil
}

func certificatesAt(k *kit.Kit, doc *document, field []any) ([]*x509.Certificate, string, error) {
	file, data, err := fileAt(k, doc, field)
	if err != nil {
		return nil, "", err
	}
	certificates, err := pki.ParseCertificates(data)
	if err != nil {
		return nil, "", &kit.FieldError{File: file, Problem: err.Error(), Fix: asProvisioned}
	}
	return certificates, file, nil
}

// checkSubject checks that the names of a certificate can be printed and used in arguments
// and annotations. NVFLARE itself decides which names are valid in a federation.
func checkSubject(file string, c *x509.Certificate) error {
	wrong := func(field, problem string) error {
		return &kit.FieldError{File: file, Field: field, Problem: problem, Fix: asProvisioned}
	}
	name := c.Subject.CommonName
	switch {
	case name == "":
		return wrong("subject CN", "is missing: it must be the participant's name")
	case len(name) > 253:
		return wrong("subject CN", "is longer than 253 characters")
	case strings.ContainsFunc(name, unicode.IsSpace) || !kit.Printable(name):
		return wrong("subject CN", fmt.Sprintf("is %s, but must not have spaces or control characters", kit.Quote(name)))
	}
	for field, value := range map[string]string{
		"subject O": organization(c), "subject unstructuredName": roleAttribute(c), "subjectAltName": strings.Join(c.DNSNames, " "),
	} {
		if !kit.Printable(value) {
			return wrong(field, fmt.Sprintf("is %s, but must not have control characters", kit.Quote(value)))
		}
	}
	return nil
}

func organization(c *x509.Certificate) string {
	if len(c.Subject.Organization) == 0 {
		return ""
	}
	return c.Subject.Organization[0]
}

// unstructuredName is the subject attribute that NVFLARE uses for the role.
func unstructuredName() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
}

func roleAttribute(c *x509.Certificate) string {
	for _, attribute := range c.Subject.Names {
		if role, ok := attribute.Value.(string); ok && attribute.Type.Equal(unstructuredName()) {
			return role
		}
	}
	return ""
}
