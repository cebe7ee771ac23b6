// Package kit says what a startup kit is, whatever framework it is of: files, a
// digest, an identity, where it dials, and the forms that it takes in Kubernetes.
// It is pure: a kit comes in as an fs.FS or as the data of a Secret, and nothing
// here knows a cluster. What its files mean, a framework says; whether it is
// genuine, package acceptance says.
package kit

import (
	"crypto/x509"
	"time"
)

// Role is what a participant does in a federation. Which roles there are, its
// framework says.
type Role string

// The roles that NVFLARE's kits have.
const (
	RoleServer Role = "server"
	RoleClient Role = "client"
	RoleAdmin  Role = "admin"
)

// Endpoint is the address of the FL server as a participant dials it.
type Endpoint struct {
	// Scheme is the framework's name of the protocol, such as grpc.
	Scheme string `json:"scheme"`
	// Host is the dialled name. In a server's kit, which may not say what its
	// clients dial, it is the first name that it serves.
	Host string `json:"host"`
	// Port is the dialled port.
	Port int `json:"port"`
	// ServerName is the server's own name, where the kit tells it.
	ServerName string `json:"serverName,omitempty"`
}

// Port is a TCP port that a participant serves.
type Port struct {
	// Name is a DNS label, for pods and Services.
	Name string `json:"name"`
	// Number is from 1 to 65535.
	Number int `json:"number"`
}

// Attribute is what a framework tells of its kit besides what all kits have: for
// people to read, never for a decision.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Kit is a startup kit as a framework has read it. It holds a private key: Files
// and File print as sizes, never as content. What it says of itself proves nothing
// until package acceptance has accepted it.
type Kit struct {
	Content

	// Framework is the name of the framework that has read it.
	Framework string
	// Family is the range of the framework's versions whose kits look alike, Version
	// the exact version; each is empty where the kit does not tell.
	Family, Version string

	Role Role
	// Participant is the true name: it need not be a legal Kubernetes name.
	// ObjectName maps it to one.
	Participant string
	// Federation is the project's name, Org the participant's organization.
	Federation, Org string

	// Server is where the participant dials; of a server, where it is dialled.
	Server Endpoint
	// ServerNames are the names under which a server may be dialled, DNS names and IP
	// addresses; empty for participants that are not dialled.
	ServerNames []string
	// Ports are those that the participant serves.
	Ports []Port

	// Certificate is the participant's own, Root the kit's root. Both are nil where
	// the framework's identity is a key. A kit's own root proves nothing: compare its
	// fingerprint with a pinned one.
	Certificate   *x509.Certificate
	Intermediates []*x509.Certificate
	Root          *x509.Certificate
	// KeyFingerprint is that of the participant's public key, as pki.KeyFingerprint
	// gives it; it is always there.
	KeyFingerprint string

	// Public are the names of files of startup/ that hold no secret: together they say
	// who the participant is.
	Public []string
	// Paths are where the parts stand in the kit, for messages.
	Paths Paths
	// Attributes are for display.
	Attributes []Attribute
}

// Paths are the files of a kit with its identity, by their path such as
// startup/client.crt; empty where there is no such file.
type Paths struct{ Configuration, Certificate, Key, Root string }

// Validity is the time in which all of the kit's certificates are valid. Both times
// are zero for a kit without certificates.
func (k *Kit) Validity() (from, until time.Time) {
	for _, c := range k.Certificates() {
		if from.IsZero() || c.NotBefore.After(from) {
			from = c.NotBefore
		}
		if until.IsZero() || c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	return from, until
}

// Certificates are the participant's own, the intermediate ones and the root; nil
// for a kit without certificates.
func (k *Kit) Certificates() []*x509.Certificate {
	if k.Certificate == nil {
		return nil
	}
	all := append([]*x509.Certificate{k.Certificate}, k.Intermediates...)
	return append(all, k.Root)
}

// PublicFiles are the files of startup/ that hold no secret.
func (k *Kit) PublicFiles() Files { return k.Startup.Only(k.Public) }
