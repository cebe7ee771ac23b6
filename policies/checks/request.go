package checks

// Request is what a pod's checks need to know of the request.
type Request struct {
	Namespace, User string
	// Create is false where the pod exists already: then its kit's date and
	// revocation do not count, so that what runs can be ended in order.
	Create bool
	// Starts says that a pod which was held by a scheduling gate is let go: its
	// kit may have been revoked meanwhile.
	Starts bool
	// Template says that the pod stands in a template: its pods will be evaluated
	// again, and nobody has named or bound them yet.
	Template bool
	// Unknown are the paths of fields of the pod's spec which this version's types do
	// not have, and which the object did not have before the request.
	Unknown []string
	// OldAnnotations are those that the object has had and that need no verdict.
	OldAnnotations map[string]string
	// Prefix is the path of the pod in the object: empty, or spec.template.
	Prefix string
}
