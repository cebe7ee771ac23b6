package names

// Labels of all objects that the plugin creates. They are for people and selectors,
// never for verdicts, since the author of a pod can set any label.
const (
	LabelFederation  = Group + "/federation"
	LabelParticipant = Group + "/participant"
	LabelRole        = Group + "/role"
	LabelFramework   = Group + "/framework"
)

// LabelSitePolicy names the SitePolicy that governs a namespace. It is the only label
// on which verdicts depend, and changing it needs the verb govern.
const LabelSitePolicy = Group + "/site-policy"

// Annotations with values of the kit. With them, `kubectl flare status` needs no
// permission to read Secrets.
const (
	AnnotationParticipant = Group + "/participant-name"
	AnnotationFederation  = Group + "/federation-name"
	AnnotationOrg         = Group + "/org"
	AnnotationKitDigest   = Group + "/kit-digest"
	AnnotationNotAfter    = Group + "/not-after"
	// AnnotationKitVolume is the claim and the folder of a kit on a volume.
	AnnotationKitVolume = Group + "/kit-volume"
	// AnnotationHostNames on a Service are the names, separated by commas, that participants
	// outside of the cluster dial.
	AnnotationHostNames = Group + "/host-names"
	// AnnotationRetried on a Deployment is the time at which the plugin requested new
	// pods.
	AnnotationRetried = Group + "/retried-at"
)

// Annotations of a SitePolicy that open break-glass: until when, as in RFC 3339, and why.
// Only users with the verb breakglass on the SitePolicy may set them.
const (
	AnnotationBreakGlassUntil  = Group + "/break-glass-until"
	AnnotationBreakGlassReason = Group + "/break-glass-reason"
)

// The labels that Kubernetes recommends. Source: kubernetes.io, "Recommended Labels".
const (
	LabelAppName      = "app.kubernetes.io/name"
	LabelAppInstance  = "app.kubernetes.io/instance"
	LabelAppComponent = "app.kubernetes.io/component"
	LabelAppPartOf    = "app.kubernetes.io/part-of"
	LabelManagedBy    = "app.kubernetes.io/managed-by"
)

// ManagedBy is the value of LabelManagedBy on objects of the plugin, and its field
// manager in server-side apply.
const ManagedBy = "kubectl-flare"
