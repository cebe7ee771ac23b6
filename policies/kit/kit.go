// Package kit says what a startup kit is: its layout, its certificates,
// its digest and what makes it genuine. It is pure: a kit comes in as an fs.FS,
// the time comes in as an argument, and nothing here knows a cluster.
//
// The layouts are those that NVIDIA FLARE's `nvflare provision` writes in
// versions 2.7, 2.8 and 2.9.
package kit

import (
	"crypto/x509"
)

// Role is what a participant does in a federation.
type Role string

// The roles that a startup kit can have.
const (
	RoleServer Role = "server"
	RoleClient Role = "client"
	RoleAdmin  Role = "admin"
)

// Family is the range of NVFLARE versions whose kits look alike. No kit file
// carries a version number, and 2.8 and 2.9 kits cannot be told apart.
type Family string

// The families that Read tells apart.
const (
	Family26 Family = "2.6-"
	Family27 Family = "2.7"
	Family28 Family = "2.8+"
)

// Endpoint is the address of the FL server as a participant dials it.
type Endpoint struct {
	// Scheme is grpc, http or tcp.
	Scheme string `json:"scheme"`
	// Host is the dialled name. In a server's kit, which does not say what its
	// clients dial, it is the first DNS name of the server certificate.
	Host string `json:"host"`
	// Port is the dialled port.
	Port int `json:"port"`
	// ServerName is the server's own name (its certificate's CN), where the kit
	// tells it.
	ServerName string `json:"serverName,omitempty"`
}

// Kit is a startup kit as read from its directory. It holds a private key:
// Files and File print as sizes, never as content.
type Kit struct {
	Role Role
	// Participant is the true name, the certificate's CN: it need not be a
	// legal Kubernetes name. ObjectName maps it to one.
	Participant string
	// ConfiguredName is the participant's name as the configuration has it: a
	// client's fqsn, an admin's username; empty for a server. Verify compares it
	// with the certificate.
	ConfiguredName string
	// Federation is the project's name.
	Federation string
	// Org is the certificate's O.
	Org string
	// AdminRole is project_admin, org_admin, lead or member; empty unless Role
	// is admin. Source: subject attribute 1.2.840.113549.1.9.2.
	AdminRole string
	Family    Family
	// Server is where the participant dials.
	Server Endpoint
	// ConnectionSecurity is mtls, tls or clear. It says who proves himself to
	// whom when the participant connects.
	ConnectionSecurity string
	// ServerNames are the DNS names and IP addresses of the server's
	// certificate, in its order; empty unless Role is server.
	ServerNames []string
	// Startup holds the files of startup/, sorted by name.
	Startup Files
	// Local holds the files of local/, sorted by name.
	Local Files
	// Seal is the seal that the kit carries; nil where it has none.
	Seal *Seal
	// Volume says that startup/ lies on a volume; nil where it lies in the Secret.
	// Of a kit that comes from such a Secret, Startup holds only what is public.
	Volume *Volume
	// Certificate is the participant's own, Root the kit's rootCA.pem. A kit's
	// own root proves nothing: compare its fingerprint with a pinned one.
	Certificate   *x509.Certificate
	Intermediates []*x509.Certificate
	Root          *x509.Certificate

	// paths are where the parts stand in the kit, for messages.
	paths paths
	// sealed are the digests of the files of startup/ by name, as the seal has
	// them, of a kit on a volume; else nil.
	sealed map[string]string
}

// paths are the files that a kit's configuration names, and itself.
type paths struct{ configuration, certificate, key, root string }

// Digest is the kit digest: SHA-256 over the sha256sum lines of startup/, as 64
// lower-case hexadecimal digits. Of a kit on a volume it is what the seal says.
func (k *Kit) Digest() string {
	if k.sealed != nil {
		return DigestOf(k.sealed)
	}
	return k.Startup.Digest()
}

// LocalDigest is the same over local/.
func (k *Kit) LocalDigest() string { return k.Local.Digest() }
