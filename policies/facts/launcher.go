package facts

// LauncherFact is what was read of the pod that a launcher's token is bound to.
type LauncherFact struct {
	// Error says why the pod is unknown.
	Error string
	// ServiceAccountName is the pod's, KitName the first kit Secret that it refers to.
	ServiceAccountName, KitName string
	// LocalNames are the ConfigMaps with local/ that it refers to, which are among the
	// facts: the launcher gives its own local/ to the jobs.
	LocalNames []string
}
