// Package kit defines startup kits of any framework: their files, digest and identity,
// the addresses that they contain, and the objects that represent them in Kubernetes.
// It is pure: it reads a kit from an fs.FS or from the data of a Secret, and uses no
// cluster. A framework interprets the files of a kit, and package acceptance decides
// whether it is genuine.
package kit

import (
	"crypto"
	"crypto/x509"
	"time"
)

// Role is what a participant does in a federation. Its framework defines the roles.
type Role string

// The roles of frameworks in which clients and administrators dial a server.
const (
	RoleServer Role = "server"
	RoleClient Role = "client"
	RoleAdmin  Role = "admin"
)

// Endpoint is the address of the FL server as a participant dials it.
type Endpoint struct {
	// Scheme is the framework's name of the protocol, such as grpc.
	Scheme string `json:"scheme"`
	// Host is the dialled name. A server's kit may not say what its clients dial: then
	// Host is the first name that it serves.
	Host string `json:"host"`
	// Port is the dialled port.
	Port int `json:"port"`
	// ServerName is the server's own name, if the kit contains it.
	ServerName string `json:"serverName,omitempty"`
}

// Port is a TCP port that a participant serves.
type Port struct {
	// Name is a DNS label, for pods and Services.
	Name string `json:"name"`
	// Number is from 1 to 65535.
	Number int `json:"number"`
}

// Attribute is what a framework says about its kit besides what all kits have. It is
// for display only, never for a decision.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Kit is a startup kit as a framework has read it. It contains a private key: Files and
// File print as sizes, never as content. Do not trust its fields before package
// acceptance has accepted it.
type Kit struct {
	Content

	// Framework is the name of the framework that has read it.
	Framework string
	// Family is the range of the framework's versions whose kits look alike, and
	// Version the exact version. Each is empty if the kit does not contain it.
	Family, Version string

	Role Role
	// Participant is the participant's name, which may not be a valid name in
	// Kubernetes. ObjectName makes one of it.
	Participant string
	// Federation is the name of the project, and Org the participant's organization.
	Federation, Org string

	// Server is the address that the participant dials; for a server, its own address.
	Server Endpoint
	// Relay is what a client dials in place of its server, if its settings say so. Its
	// ServerName is the relay's.
	Relay *Endpoint
	// ServerNames are the DNS names and IP addresses under which a server may be
	// dialled. It is empty for other participants.
	ServerNames []string
	// Ports are the ports that the participant serves.
	Ports []Port

	// Certificate is the participant's certificate, and Root the kit's root. Both are
	// nil if participants of the framework have keys instead. Do not trust Root before
	// its fingerprint is compared with a pinned one.
	Certificate   *x509.Certificate
	Intermediates []*x509.Certificate
	Root          *x509.Certificate
	// KeyFingerprint is the fingerprint of the participant's public key, see
	// pki.KeyFingerprint. It is always set.
	KeyFingerprint string
	// OwnKey is the public key of the private key in the kit. It is nil if the private key
	// is elsewhere, see Content.Elsewhere.
	OwnKey crypto.PublicKey

	// Public are the names of the files of startup/ without secrets, which say who the
	// participant is.
	Public []string
	// Paths are the files with the kit's identity, for messages.
	Paths Paths
	// Attributes are for display.
	Attributes []Attribute
}

// Paths are the paths of the files with a kit's identity, such as startup/client.crt.
// A path is empty if there is no such file.
type Paths struct{ Configuration, Certificate, Key, Root string }

// Validity is the time during which all of the kit's certificates are valid. Both times
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

// Certificates are the participant's certificate, the intermediate ones and the root.
// It is nil for a kit without certificates.
func (k *Kit) Certificates() []*x509.Certificate {
	if k.Certificate == nil {
		return nil
	}
	all := append([]*x509.Certificate{k.Certificate}, k.Intermediates...)
	return append(all, k.Root)
}

// PublicFiles are the files of startup/ without secrets.
func (k *Kit) PublicFiles() Files { return k.Startup.Only(k.Public) }
