package up

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// member is a participant of the federation with all that is known of it.
type member struct {
	federation.Participant
	// at is its path in the file.
	at string
	// dir is the folder of its kit; empty if the kit is not here.
	dir string
	// kit is what its kit says; nil if there is none yet.
	kit *facts
	// apart says that it is not launched here.
	apart bool
	// serverComes says that the server is to run in the same namespace, and may not yet.
	serverComes bool

	clients clients.Clients
}

// facts are what a kit says. The kit itself is read again when it is launched, so that those
// of all participants are never in memory at once.
type facts struct {
	framework, federation, participant, org string
	role                                    kit.Role
	version, family, key                    string
	root                                    string // the fingerprint of its root; empty without certificates
	server                                  kit.Endpoint
	serverNames                             []string
	// sealed says that somebody has sealed all of it.
	sealed bool
}

func factsOf(k *kit.Kit) *facts {
	f := &facts{
		framework: k.Framework, federation: k.Federation, participant: k.Participant, org: k.Org, role: k.Role,
		sealed:  k.Seal != nil && (len(k.Local) == 0 || k.LocalSeal != nil),
		version: k.Version, family: k.Family, key: k.KeyFingerprint, server: k.Server, serverNames: k.ServerNames,
	}
	if k.Root != nil {
		f.root = pki.Fingerprint(k.Root)
	}
	return f
}

// readKits reads and verifies all kits that are here, and reports what is wrong with them.
func (o *Options) readKits(f *federation.Federation, dirs []string, r *federation.Report) []*facts {
	found, problems := make([]*facts, len(dirs)), make([]error, len(dirs))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		if dir == "" {
			continue
		}
		group.Go(func() error {
			found[i], problems[i] = o.readKit(dir, f.Spec.RootFingerprint)
			return nil
		})
	}
	_ = group.Wait() // the errors are in problems
	for i, err := range problems {
		p := f.Spec.Participants[i]
		// The kit of a participant that is launched elsewhere may be elsewhere too.
		if err != nil && (o.here(p.Org) && p.Runtime != federation.RuntimeExternal || !errors.Is(err, fs.ErrNotExist)) {
			r.Add(federation.ParticipantPath(i)+".kit", "(%s): %v", p.Name, err)
		}
	}
	return found
}

func (o *Options) readKit(dir, root string) (*facts, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("the kit %s is not there: %w", dir, err)
	}
	verified, _, err := source.GenuineKit(o.known.Frameworks, dir, root, o.clock.Now())
	if err != nil {
		return nil, err
	}
	k, err := verified.Kit()
	if err != nil {
		return nil, err
	}
	return factsOf(k), nil
}

// here says whether participants of an organization are launched by this command.
func (o *Options) here(org string) bool { return o.OnlyOrg == "" || o.OnlyOrg == org }

// kitDirs are the folders of the kits, empty where kubectl flare makes them and has not yet.
func (o *Options) kitDirs(f *federation.Federation, base string, r *federation.Report) []string {
	dirs := make([]string, len(f.Spec.Participants))
	for i, p := range f.Spec.Participants {
		dir, err := f.KitDir(i, base)
		if err != nil {
			r.Add("spec.kits", "%v", err)
			return dirs
		}
		dirs[i] = dir
		if made := filepath.Join(o.Dir, "kits", p.Name); dir == "" && exists(made) {
			dirs[i] = made
		}
	}
	return dirs
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// members reads the kits, and puts all that is known of each participant together. Problems
// are reported.
func (o *Options) members(f *federation.Federation, base string, r *federation.Report) ([]member, error) {
	dirs := o.kitDirs(f, base, r)
	found := o.readKits(f, dirs, r)
	for i, k := range found {
		if p := &f.Spec.Participants[i]; k != nil {
			p.Role, p.Org = cmp.Or(p.Role, k.role), cmp.Or(p.Org, k.org)
		}
	}
	settled, err := f.Members()
	if err != nil {
		return nil, err
	}
	o.withoutJobs(f, settled)
	all := make([]member, len(settled))
	for i, p := range settled {
		all[i] = member{Participant: p, at: federation.ParticipantPath(i), dir: dirs[i], kit: found[i]}
		all[i].apart = p.Runtime == federation.RuntimeExternal || !o.here(p.Org)
		all[i].clients = o.factory.Context(p.Context)
	}
	return all, o.place(all, r)
}

// withoutJobs takes the default of where jobs run from those that handle jobs and run none.
func (o *Options) withoutJobs(f *federation.Federation, all []federation.Participant) {
	framework, err := o.known.Workloads.Get(f.Spec.Framework.Name)
	if err != nil || framework.Jobs == nil {
		return // reported where the kits are read, or there are no jobs
	}
	operator := framework.Jobs.Operator()
	for i := range all {
		if all[i].Role == operator && f.Spec.Participants[i].JobRuntime == "" && f.Spec.RoleDefaults[operator].JobRuntime == "" {
			all[i].JobRuntime = ""
		}
	}
}

// place gives participants without one a namespace: the one that the kits dial, if they are
// in the cluster of the server, or else that of their context.
func (o *Options) place(all []member, r *federation.Report) error {
	dialed, context := "", ""
	for _, m := range all {
		if m.kit == nil {
			continue
		}
		if host := workloads.ParseHost(m.kit.server.Host, m.ClusterDomain); m.kit.role != kit.RoleServer && host.Kind == workloads.HostService {
			dialed = host.Namespace
		}
	}
	for _, m := range all {
		if m.Role == kit.RoleServer {
			context = m.Context
		}
	}
	known, err := o.contexts()
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		switch {
		case m.apart:
			continue
		case m.Context != "" && !known[m.Context]:
			r.Add(m.at+".context", "(%s) is %q, which the kubeconfig does not have", m.Name, m.Context)
		case m.Namespace != "":
		case dialed != "" && m.Context == context && !o.changed("namespace"):
			m.Namespace = dialed
		default:
			if m.Namespace, err = m.clients.Namespace(); err != nil {
				return err
			}
		}
	}
	return nil
}

// contexts are the names of those in the kubeconfig.
func (o *Options) contexts() (map[string]bool, error) {
	raw, err := o.clients.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for name := range raw.Contexts {
		names[name] = true
	}
	return names, nil
}
