// Package names holds every name that stands in a cluster and that more than one
// part of the project must spell alike: the API group, labels, annotations, types
// and prefixes of objects. The manifests are compared with it by a test.
//
// It has no imports: flare-kit, which is free of Kubernetes' libraries, uses it too.
package names

// The API of SitePolicies, and of the documents that the commands print.
const (
	// Group is the API group; every label and annotation of ours begins with it.
	Group = "kubectl-flare.dev"
	// Version is the group's only version.
	Version = "v1alpha1"
	// APIVersion is the apiVersion of a document.
	APIVersion = Group + "/" + Version
)

// KitSecretType is the type of a Secret that holds a kit's startup/.
const KitSecretType = Group + "/startup-kit"

// The reserved prefixes of Secrets and ConfigMaps in governed namespaces. A name
// decides, not a type: a pod is admitted before its Secret exists and gets it
// later, so the Secret cannot be asked whether it is a kit.
const (
	// PrefixKit is a Secret with a sealed kit's startup/.
	PrefixKit = "flare-kit-"
	// PrefixLocal is a ConfigMap with local/.
	PrefixLocal = "flare-local-"
)

// PrefixInventory is a ConfigMap that lists what the plugin has made for a
// participant. The name is not reserved: nothing is believed of an inventory that
// the objects themselves do not confirm.
const PrefixInventory = "flare-inventory-"

// DigestDigits is how many hexadecimal digits of a digest stand in the name of an
// object or of a folder: half of a SHA-256.
const DigestDigits = 32
