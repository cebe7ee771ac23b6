package acceptance

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Identity is whose kit or local/ it is. It can be compared with ==.
type Identity struct {
	Participant, Federation, Org string
	Role                         kit.Role
	// Framework is the framework's name.
	Framework string
	// Root is the fingerprint of the federation's root or, for a framework without
	// certificates, Key that of the participant's public key.
	Root, Key string
}

// IdentityOf is the identity of a kit.
func IdentityOf(k *kit.Kit) Identity {
	return Identity{
		Participant: k.Participant, Federation: k.Federation, Org: k.Org, Role: k.Role,
		Framework: k.Framework, Root: rootOf(k), Key: keyOf(k),
	}
}

// Difference says in words in what the other one differs, "" if both are the same.
func (i Identity) Difference(other Identity) string {
	for _, f := range []struct{ what, a, b string }{
		{"participant", i.Participant, other.Participant},
		{"federation", i.Federation, other.Federation},
		{"org", i.Org, other.Org},
		{"role", string(i.Role), string(other.Role)},
		{"framework", i.Framework, other.Framework},
		{"root", i.Root, other.Root},
		{"key", i.Key, other.Key},
	} {
		if f.a != f.b {
			return fmt.Sprintf("its %s is %.120q, but the kit has %.120q", f.what, f.a, f.b)
		}
	}
	return ""
}
