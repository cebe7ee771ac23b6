package kitfact_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func rootKeyPEM(t *testing.T, f *kittest.Federation) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(f.Root.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
