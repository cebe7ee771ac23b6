// Package trust says in a kit's terms what a SitePolicy says about kits. It
// stands apart from package kit, which knows no Kubernetes type.
package trust

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Of gives what the policy trusts.
func Of(spec *v1alpha1.SitePolicySpec) kit.Trust {
	kits := &spec.Kits
	trust := kit.Trust{
		Participants: append([]string{}, spec.Participants...),
		AllowNative:  kits.Signature == v1alpha1.SignatureSealOrNative,
		// Shared, not copied: nobody writes to it.
		MinimumSerial: kits.MinimumSerial,
		Revoked: kit.Revoked{
			CertificateSerials: slices.Clone(kits.Revoked.CertificateSerials),
			Keys:               slices.Clone(kits.Revoked.Keys),
			Kits:               slices.Clone(kits.Revoked.Kits),
		},
	}
	for _, root := range kits.TrustRoots {
		trust.Roots = append(trust.Roots, root.SHA256)
	}
	for _, sealer := range kits.Sealers {
		trust.Sealers = append(trust.Sealers, kit.Sealer{Name: sealer.Name, PublicKey: sealer.PublicKey})
	}
	return trust
}
