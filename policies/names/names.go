// Package names has the names in a cluster that several parts of the project use: the
// API group, labels, annotations, types and prefixes of objects. A test compares the
// manifests with it.
//
// It has no imports, since flare-kit, which links no Kubernetes libraries, uses it too.
package names

// The API of SitePolicies, and of the documents that the commands print.
const (
	// Group is the API group; the project's labels and annotations begin with it.
	Group = "kubectl-flare.dev"
	// Version is the group's only version.
	Version = "v1alpha1"
	// APIVersion is the apiVersion of a document.
	APIVersion = Group + "/" + Version
)

// KitSecretType is the type of a Secret with a kit's startup/.
const KitSecretType = Group + "/startup-kit"

// The reserved prefixes of Secrets and ConfigMaps in governed namespaces. The name
// decides, not the type: a pod may be admitted before its Secret exists.
const (
	// PrefixKit is the prefix of a Secret with a sealed kit's startup/.
	PrefixKit = "flare-kit-"
	// PrefixLocal is the prefix of a ConfigMap with local/.
	PrefixLocal = "flare-local-"
)

// PrefixInventory is the prefix of a ConfigMap that lists the objects that the plugin
// has made for a participant. It is not reserved: the plugin verifies an inventory
// against the objects.
const PrefixInventory = "flare-inventory-"

// DefaultDeny is the NetworkPolicy that closes a governed namespace.
const DefaultDeny = "flare-default-deny"

// DigestDigits is how many hexadecimal digits of a digest are in the name of an object
// or folder: half of a SHA-256.
const DigestDigits = 32
