package provisioning

import "time"

// Adoption is what the files of a federation without kits do not say.
type Adoption struct {
	// Project has the federation's name, its version and its server. Its admins get kits if
	// the root's key is among the files.
	Project Project
	// Org is the organization of clients.
	Org string
	// Names are the names of clients by the name of their key's file; others have the name
	// of the file without its extension.
	Names map[string]string
	Now   time.Time
	// ValidFor is how long new certificates are valid, if the root's key is among the
	// files.
	ValidFor time.Duration
}
