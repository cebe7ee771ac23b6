package federation

// Seal are the files of a sealing key, as `kubectl flare kit sealer new` makes them. Relative
// paths begin at the folder of the file.
type Seal struct {
	// Key is the file with the key.
	Key string `json:"key"`
	// Certificate is the file with the project's sealing certificate; without one, the site
	// seals, with a key that its SitePolicy names.
	// +optional
	Certificate string `json:"certificate,omitempty"`
}

// From has paths that begin at the current folder instead of base.
func (s Seal) From(base string) Seal {
	for _, path := range []*string{&s.Key, &s.Certificate} {
		if *path != "" {
			*path = from(base, *path)
		}
	}
	return s
}

// Govern says how a namespace is governed, as the flags of `kubectl flare site add` do. The
// server of the federation is known: in this namespace, in another one of the same cluster, or
// outside of it.
type Govern struct {
	// Policy is a file with the SitePolicy. A relative path begins at the folder of the file.
	Policy string `json:"policy"`
	// ServerCIDRs are the address ranges of a server outside of the cluster.
	// +optional
	ServerCIDRs []string `json:"serverCIDRs,omitempty"`
	// Admins are users who are site admins of the namespace.
	// +optional
	Admins []string `json:"admins,omitempty"`
	// Scientists are users who may submit jobs there.
	// +optional
	Scientists []string `json:"scientists,omitempty"`
}

// PolicyFrom is the path of the policy's file, which begins at the current folder instead of
// base.
func (g Govern) PolicyFrom(base string) string { return from(base, g.Policy) }
