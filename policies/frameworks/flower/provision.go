package flower

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// clockSkew is how long before the time of provisioning certificates become valid.
const clockSkew = kit.ClockSkew

// Provision makes the kits of a federation. The SuperLink's kit comes last, since it lists
// the keys of the SuperNodes.
func (Framework) Provision(p *provisioning.Project, o provisioning.Options) (*provisioning.Result, error) {
	specs, err := specsOf(p)
	if err != nil {
		return nil, err
	}
	if err := checkRenew(specs, o.Renew); err != nil {
		return nil, err
	}
	run := &provisionRun{options: o}
	if err := run.open(p.Name); err != nil {
		return nil, err
	}
	result := &provisioning.Result{}
	for _, s := range specs {
		if s.Role == RoleServer {
			s.Nodes = run.nodes(p)
		}
		content, err := run.kit(s)
		if err != nil {
			return nil, err
		}
		result.Kits = append(result.Kits, provisioning.Kit{Participant: s.Participant, Role: s.Role, Content: content})
	}
	result.State, err = run.state.encode()
	return result, err
}

// specsOf are the kits of a project, without the SuperNodes that the SuperLink knows.
func specsOf(p *provisioning.Project) ([]Spec, error) {
	var all []Spec
	add := func(m provisioning.Member, role kit.Role) error {
		s := Spec{Federation: p.Name, Participant: m.Name, Role: role, Org: m.Org, Version: p.Version, SuperLink: p.Server.Address}
		if role != RoleClient {
			s.Control = p.Server.AdminAddress
		}
		if role == RoleServer {
			s.Names = p.Server.Names
		}
		all = append(all, s)
		if wrong := s.check(); wrong != nil {
			return fmt.Errorf("%s %s", fieldOf(p, m, wrong.field), wrong.text)
		}
		return nil
	}
	for _, m := range p.Clients {
		if err := add(m, RoleClient); err != nil {
			return nil, err
		}
	}
	for _, m := range p.Admins {
		if err := add(m, RoleAdmin); err != nil {
			return nil, err
		}
	}
	if err := add(p.Server.Member, RoleServer); err != nil {
		return nil, err
	}
	return all, checkNames(all)
}

// fieldOf is the field of a Federation for one of a Spec of the member.
func fieldOf(p *provisioning.Project, m provisioning.Member, field string) string {
	switch field {
	case "federation":
		return "metadata.name"
	case "version":
		return "spec.framework.version"
	case "superlink":
		return p.Server.Field + ".address"
	case "control":
		return p.Server.Field + ".adminAddress"
	case "participant":
		return m.Field + ".name"
	}
	return m.Field + "." + field
}

// checkNames rejects names that two participants have, also as names of their objects, and
// a SuperNode whose Runtime API would have the name of the SuperLink.
func checkNames(specs []Spec) error {
	server := specs[len(specs)-1]
	seen := map[string]string{}
	for _, s := range specs {
		object := kit.ObjectName(s.Participant)
		if other, twice := seen[object]; twice {
			return fmt.Errorf("the participants %s and %s have the same name: each needs its own", kit.Quote(other), kit.Quote(s.Participant))
		}
		seen[object] = s.Participant
		if s.Role == RoleClient && slices.Contains(server.serves(), object) {
			return fmt.Errorf("the client %s has a name under which others dial the server: give it another one", kit.Quote(s.Participant))
		}
	}
	return nil
}

func checkRenew(specs []Spec, renew []string) error {
	for _, name := range renew {
		if !slices.ContainsFunc(specs, func(s Spec) bool { return s.Participant == name }) {
			return fmt.Errorf("--renew: the project has no participant %s", kit.Quote(name))
		}
	}
	return nil
}

// provisionRun is the state of one call of Provision.
type provisionRun struct {
	options provisioning.Options
	state   *state
	root    *pki.Issuer
}

func (r *provisionRun) open(federation string) (err error) {
	if r.options.State == nil {
		r.state, r.root, err = newState(federation, r.options.Now)
		return err
	}
	if r.state, err = readState(r.options.State); err == nil {
		r.root, err = r.state.issuer()
	}
	if err != nil {
		return fmt.Errorf("the state of the federation cannot be used: %w", err)
	}
	if name := r.root.Certificate.Subject.CommonName; name != federation {
		return fmt.Errorf("metadata.name is %s, but the state is that of the federation %s: give the folder of this federation", kit.Quote(federation), kit.Quote(name))
	}
	if !r.root.Certificate.NotAfter.After(r.options.Now) {
		return errors.New("the root certificate of the federation has expired: provision a new federation in another folder")
	}
	return nil
}

// nodes are the SuperNodes of the project with their keys.
func (r *provisionRun) nodes(p *provisioning.Project) []Node {
	var all []Node
	for _, m := range p.Clients {
		all = append(all, Node{m.Name, r.state.Keys[m.Name]})
	}
	return all
}

// kit makes one kit, or nil if the participant has one elsewhere.
func (r *provisionRun) kit(s Spec) (*kit.Content, error) {
	known, made := r.state.Keys[s.Participant]
	have := r.options.Kits[s.Participant]
	renew := slices.Contains(r.options.Renew, s.Participant)
	if have == nil && made && !renew {
		return nil, nil
	}
	var c Credentials
	var err error
	if have != nil && !renew {
		c, err = r.credentials(&s, have)
	} else {
		c.Key, err = NewKey()
	}
	if err != nil {
		return nil, r.unusable(s.Participant, err)
	}
	if c, err = r.complete(&s, c); err != nil {
		return nil, err
	}
	line, err := openssh.EncodePublicKey(c.Key.Public())
	switch {
	case err != nil:
		return nil, err
	case s.Role == RoleServer:
	case made && !renew && line != known:
		return nil, r.unusable(s.Participant, errors.New("it has another key than the state"))
	default:
		r.state.Keys[s.Participant] = line
	}
	return Write(s, c, DefaultLocal(s.Role))
}

func (r *provisionRun) unusable(participant string, err error) error {
	return fmt.Errorf("the kit of %s in the folder cannot be used: %w; remove it, or make a new key with --renew=%s", kit.Quote(participant), err, participant)
}

// complete issues the certificates again unless those that exist are still right.
func (r *provisionRun) complete(s *Spec, c Credentials) (Credentials, error) {
	if c.Certificate != nil && r.right(s, &c) {
		return c, nil
	}
	fresh, err := Issue(*s, c.Key, r.root, r.options.Now.Add(-clockSkew), r.options.Now.Add(r.options.ValidFor))
	if err != nil {
		return c, err
	}
	fresh.KeyFile = c.KeyFile
	if c.SuperExecSecret != nil {
		fresh.SuperExecSecret = c.SuperExecSecret
	}
	return fresh, nil
}

// renewBefore is how long a certificate must be valid to stay.
const renewBefore = 30 * 24 * time.Hour

// right says whether certificates are those that Issue would make, and valid for long enough.
func (r *provisionRun) right(s *Spec, c *Credentials) bool {
	want := template(s, r.options.Now, r.options.Now)
	got := c.Certificate
	same := got.Subject.String() == want.Subject.String() && pki.Equal(got.PublicKey, c.Key.Public()) && got.CheckSignatureFrom(r.root.Certificate) == nil
	until := earliest(r.options.Now.Add(renewBefore), r.root.Certificate.NotAfter)
	if !same || got.NotAfter.Before(until) {
		return false
	}
	switch s.Role {
	case RoleServer:
		return covers(got.VerifyHostname, s.serves())
	case RoleClient:
		return c.Runtime != nil && !c.Runtime.NotAfter.Before(until) && covers(c.Runtime.VerifyHostname, runtimeNames(s.Participant))
	case RoleAdmin:
	}
	return true
}

func covers(verify func(string) error, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return verify(name) != nil })
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// credentials are those of a kit that exists, which must be one of the same participant.
func (r *provisionRun) credentials(s *Spec, startup kit.Files) (Credentials, error) {
	content, err := kit.NewContent(startup, nil)
	if err != nil {
		return Credentials{}, err
	}
	k, err := Framework{}.Read(content)
	if err != nil {
		return Credentials{}, err
	}
	if k.Participant != s.Participant || k.Role != s.Role || k.Federation != s.Federation {
		return Credentials{}, fmt.Errorf("it is that of %s, a %s of %s", kit.Quote(k.Participant), k.Role, kit.Quote(k.Federation))
	}
	return credentialsOf(k)
}

// credentialsOf are the credentials in a kit.
func credentialsOf(k *kit.Kit) (c Credentials, err error) {
	c.Certificate, c.Root = k.Certificate, k.Root
	name := strings.TrimPrefix(k.Paths.Key, kit.StartupDir+"/")
	data, _ := k.Startup.Get(name)
	if name == NodeKeyFile {
		c.KeyFile = data
		c.Key, err = openssh.ParsePrivateKey(data)
	} else {
		c.Key, err = pki.ParseKey(data)
	}
	if err != nil {
		return c, err
	}
	if secret, ok := k.Startup.Get(SuperExecSecretFile); ok {
		c.SuperExecSecret = secret
		if c.Runtime, err = certificateIn(k, RuntimeCertificateFile); err != nil {
			return c, err
		}
		key, _ := k.Startup.Get(RuntimeKeyFile)
		c.RuntimeKey, err = pki.ParseKey(key)
	}
	return c, err
}
