// Package provisioning describes federations whose kits kubectl-flare itself makes, in the
// words that frameworks share, and what a framework makes of them.
package provisioning

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Project is a federation.
type Project struct {
	// Name is the federation's, Version the exact version of its framework.
	Name, Version   string
	Server          Server
	Clients, Admins []Member
}

// Member is a participant.
type Member struct {
	Name, Org string
	// Field is where the participant is in the file that describes the federation, for
	// messages, such as spec.participants[2].
	Field string
}

// Server is the participant that the others dial.
type Server struct {
	Member
	// Address is what clients dial, as host:port, and AdminAddress what admins dial.
	Address, AdminAddress string
	// Names are further names that its certificate covers.
	Names []string
}

// Options are what provisioning needs besides the project.
type Options struct {
	// State is that of the Result of the last time; nil for a new federation.
	State []byte
	// Kits are the files of startup/ that exist, by participant. Their keys stay.
	Kits map[string]kit.Files
	// Renew are participants that get a new key although they have one.
	Renew []string
	Now   time.Time
	// ValidFor is how long new certificates of participants are valid.
	ValidFor time.Duration
}

// Result is what was made.
type Result struct {
	// State has the root's private key.
	State []byte
	Kits  []Kit
}

// Kit is the kit of one participant. Content is nil if the participant has a kit that is
// not among those of the Options: only that one has its key.
type Kit struct {
	Participant string
	Role        kit.Role
	Content     *kit.Content
}
