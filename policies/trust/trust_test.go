package trust_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/trust"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestOf(t *testing.T) {
	spec := &v1alpha1.SitePolicySpec{
		Participants: []string{"site-1"},
		Kits: v1alpha1.KitRules{
			TrustRoots:    []v1alpha1.TrustRoot{{Name: "cancer", SHA256: "aa"}},
			Sealers:       []v1alpha1.Sealer{{Name: "it", PublicKey: "PEM"}},
			Signature:     v1alpha1.SignatureSealOrNative,
			MinimumSerial: map[string]int64{"site-1": 7},
			Revoked:       v1alpha1.Revoked{CertificateSerials: []string{"1"}, Keys: []string{"2"}, Kits: []string{"3"}},
		},
	}
	want := kit.Trust{
		Roots: []string{"aa"}, Participants: []string{"site-1"}, Sealers: []kit.Sealer{{Name: "it", PublicKey: "PEM"}},
		AllowNative: true, MinimumSerial: map[string]int64{"site-1": 7},
		Revoked: kit.Revoked{CertificateSerials: []string{"1"}, Keys: []string{"2"}, Kits: []string{"3"}},
	}
	assert.Equal(t, want, trust.Of(spec))
	spec.Kits.Signature = ""
	assert.False(t, trust.Of(spec).AllowNative, "a seal unless the policy says otherwise")
	assert.NotNil(t, trust.Of(&v1alpha1.SitePolicySpec{}).Participants, "no participants are none, not all")
}
