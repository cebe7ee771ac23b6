package flower

import (
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strconv"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// Spec is what the files of a kit say, besides its keys and certificates.
type Spec struct {
	Federation  string
	Participant string
	Role        kit.Role
	Org         string
	// Version is the version of Flower that the participant runs, such as 1.42.0.
	Version string
	// SuperLink is the address that SuperNodes dial, as host:port.
	SuperLink string
	// Control is the address that scientists dial. SuperNodes have none.
	Control string
	// Names are further names that a SuperLink's certificate covers.
	Names []string
	// Nodes are the SuperNodes that may connect to a SuperLink.
	Nodes []Node
}

// Node is a SuperNode as a SuperLink knows it.
type Node struct {
	Name string `json:"name"`
	// Key is its public key in one line of OpenSSH's form, without a comment.
	Key string `json:"key"`
}

// maxNodes is how many SuperNodes a SuperLink's kit may list.
const maxNodes = 1000

// config is flower.json. Its fields are all texts or lists of texts.
type config struct {
	Federation  string   `json:"federation"`
	Participant string   `json:"participant"`
	Role        kit.Role `json:"role"`
	Org         string   `json:"org"`
	Version     string   `json:"version"`
	SuperLink   string   `json:"superlink"`
	Control     string   `json:"control,omitempty"`
	Names       []string `json:"names,omitempty"`
}

func (s *Spec) encode() ([]byte, error) {
	data, err := json.MarshalIndent(config{
		s.Federation, s.Participant, s.Role, s.Org, s.Version, s.SuperLink, s.Control, s.Names,
	}, "", "  ")
	return append(data, '\n'), err
}

// nameForm is the form of names of federations and participants. They are parts of
// certificates' subjects and of arguments. A common name has at most 64 characters
// (RFC 5280, appendix A).
var nameForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?$`)

// orgForm is the form of organizations: printable ASCII without the characters that have a
// meaning in subjects (RFC 2253), since the reverse proxy compares subjects as text.
var orgForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 ._@&()'/:!*-]{0,62}[A-Za-z0-9.)])?$`)

// problem is what is wrong with a field.
type problem struct{ field, text string }

// check finds the first field that is wrong.
func (s *Spec) check() *problem {
	for _, one := range []struct{ field, value string }{{"federation", s.Federation}, {"participant", s.Participant}} {
		if !nameForm.MatchString(one.value) {
			return &problem{one.field, fmt.Sprintf("is %s, but must have 1 to 64 letters, digits, '.', '_', '@' and '-', and begin and end with a letter or digit", kit.Quote(one.value))}
		}
	}
	if !orgForm.MatchString(s.Org) {
		return &problem{"org", fmt.Sprintf("is %s, but must have 1 to 64 characters of ASCII, none of them one of , + \" \\ < > ; = #", kit.Quote(s.Org))}
	}
	if _, err := DialectOf(s.Version); err != nil {
		return &problem{"version", err.Error()}
	}
	return s.checkAddresses()
}

func (s *Spec) checkAddresses() *problem {
	if _, _, err := kit.SplitAddress(s.SuperLink); err != nil {
		return &problem{"superlink", err.Error()}
	}
	switch s.Role {
	case RoleServer, RoleAdmin:
		host, _, err := kit.SplitAddress(s.Control)
		switch {
		case err != nil:
			return &problem{"control", err.Error()}
		case isIP(host):
			return &problem{"control", "is an IP address, but must be a host name: the reverse proxy verifies names only"}
		}
	case RoleClient:
		if s.Control != "" {
			return &problem{"control", "is set, but SuperNodes do not dial the Control API"}
		}
	default:
		return &problem{"role", fmt.Sprintf("is %s, but must be server, client or admin", kit.Quote(string(s.Role)))}
	}
	if s.Role != RoleServer && len(s.Names) > 0 {
		return &problem{"names", "is set, but only a SuperLink serves names"}
	}
	for i, name := range s.Names {
		if err := kit.CheckHost(name); err != nil {
			return &problem{fmt.Sprintf("names[%d]", i), err.Error()}
		}
	}
	return nil
}

// serves are the names and addresses that the SuperLink's certificate must cover, each
// once: those that are dialled, its object's name, and loopback, where the reverse proxy
// and SuperExec dial it.
func (s *Spec) serves() []string {
	var all []string
	seen := map[string]bool{}
	add := func(names ...string) {
		for _, name := range names {
			if !seen[name] {
				seen[name], all = true, append(all, name)
			}
		}
	}
	for _, address := range []string{s.SuperLink, s.Control} {
		host, _, _ := kit.SplitAddress(address)
		add(host)
	}
	add(s.Names...)
	add(kit.ObjectName(s.Participant))
	add(loopback()...)
	return all
}

// loopback are the names of loopback in the certificates of servers.
func loopback() []string { return []string{"localhost", "127.0.0.1"} }

// isIP says whether a host is an IP address, which is another kind of name in certificates.
func isIP(host string) bool { return net.ParseIP(host) != nil }

// checkNodes finds the first SuperNode that Flower would not register.
func checkNodes(nodes []Node) *problem {
	if len(nodes) > maxNodes {
		return &problem{"", fmt.Sprintf("lists %d SuperNodes, but at most %d are supported", len(nodes), maxNodes)}
	}
	names, keys := map[string]bool{}, map[string]bool{}
	for i, n := range nodes {
		at := "[" + strconv.Itoa(i) + "]"
		key, err := openssh.ParsePublicKey([]byte(n.Key))
		switch {
		case !nameForm.MatchString(n.Name):
			return &problem{at + ".name", "is " + kit.Quote(n.Name) + ", which is not the name of a participant"}
		case names[n.Name]:
			return &problem{at + ".name", "is " + kit.Quote(n.Name) + ", which another SuperNode has too"}
		case err != nil:
			return &problem{at + ".key", err.Error()}
		case !isECDSA(key):
			return &problem{at + ".key", "is not an ECDSA key: Flower registers no other keys"}
		case keys[n.Key]:
			return &problem{at + ".key", "is the key of another SuperNode too: each needs its own, since a key can be online only once"}
		}
		names[n.Name], keys[n.Key] = true, true
	}
	return nil
}
