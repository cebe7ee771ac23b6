package names

// Labels on everything that we create. They are for people and selectors, never
// for verdicts: the author of a pod writes them as they like.
const (
	LabelFederation  = Group + "/federation"
	LabelParticipant = Group + "/participant"
	LabelRole        = Group + "/role"
	LabelFramework   = Group + "/framework"
)

// LabelSitePolicy on a namespace names the SitePolicy that governs it. It is the
// only label that decides anything, and changing it needs the verb govern.
const LabelSitePolicy = Group + "/site-policy"

// Annotations with what the kit says. They let `kubectl flare status` do its work
// without the right to read Secrets.
const (
	AnnotationParticipant = Group + "/participant-name"
	AnnotationFederation  = Group + "/federation-name"
	AnnotationOrg         = Group + "/org"
	AnnotationKitDigest   = Group + "/kit-digest"
	AnnotationNotAfter    = Group + "/not-after"
	// AnnotationKitVolume is the claim and the folder of a kit on a volume.
	AnnotationKitVolume = Group + "/kit-volume"
	// AnnotationRetried on a Deployment is the time at which its pods were asked
	// for again.
	AnnotationRetried = Group + "/retried-at"
)

// The labels that Kubernetes recommends. Source: kubernetes.io, "Recommended Labels".
const (
	LabelAppName      = "app.kubernetes.io/name"
	LabelAppInstance  = "app.kubernetes.io/instance"
	LabelAppComponent = "app.kubernetes.io/component"
	LabelAppPartOf    = "app.kubernetes.io/part-of"
	LabelManagedBy    = "app.kubernetes.io/managed-by"
)

// ManagedBy is the value of LabelManagedBy on what the plugin makes, and its field
// manager in server-side apply.
const ManagedBy = "kubectl-flare"
