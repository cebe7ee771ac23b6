package up

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// archives are the names of kits that are not folders.
var archives = regexp.MustCompile(`(?i)\.(zip|tar|tgz|tar\.gz)$`)

// fromKits reads all kits of a folder, and reports all problems with them.
func (o *initOptions) fromKits(i *initial) error {
	entries, err := os.ReadDir(o.from)
	if err != nil {
		return err
	}
	reader := &Options{known: o.known, clock: o.clock}
	var all []*facts
	var errs []error
	for _, entry := range entries {
		dir := filepath.Join(o.from, entry.Name())
		if !exists(filepath.Join(dir, kit.StartupDir)) && !archives.MatchString(entry.Name()) {
			continue
		}
		k, err := reader.readKit(dir, "")
		if err == nil && len(all) > 0 && (k.federation != all[0].federation || k.framework != all[0].framework || k.root != all[0].root) {
			err = fmt.Errorf("the kit %s is of another federation than that of %s: give a folder with the kits of one", dir, all[0].participant)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, k)
		if err := o.add(i, k, dir, entry.Name()); err != nil {
			return err
		}
	}
	switch {
	case errs != nil:
		return errors.Join(errs...)
	case len(all) == 0:
		return fmt.Errorf("%s has no kits: give a folder with a kit for each participant, such as workspace/demo/prod_00", o.from)
	}
	i.Name, i.Framework, i.Root, i.version = all[0].federation, all[0].framework, all[0].root, all[0]
	if i.Kits, err = o.relative(o.from); err != nil {
		return err
	}
	i.place(all)
	return nil
}

func (o *initOptions) add(i *initial, k *facts, dir, entry string) error {
	p := initialParticipant{Name: k.participant, Role: string(k.role), Org: k.org}
	if entry != k.participant {
		var err error
		if p.Kit, err = o.relative(dir); err != nil {
			return err
		}
	}
	i.Participants = append(i.Participants, p)
	return nil
}

// place says what the others dial, and puts the server first, in the namespace that they
// dial.
func (i *initial) place(all []*facts) {
	for _, k := range all {
		if k.role == kit.RoleServer || k.server.Host == "" {
			continue
		}
		for n := range i.Participants {
			p := &i.Participants[n]
			if p.Role != string(kit.RoleServer) || p.Dialed != "" && k.role != kit.RoleClient {
				continue
			}
			p.Dialed = net.JoinHostPort(k.server.Host, strconv.Itoa(k.server.Port))
			if host := workloads.ParseHost(k.server.Host, ""); host.Kind == workloads.HostService {
				p.Namespace = host.Namespace
			}
		}
	}
	slices.SortStableFunc(i.Participants, func(a, b initialParticipant) int { return cmp.Compare(a.rank(), b.rank()) })
}

func (p initialParticipant) rank() int {
	if p.Role == string(kit.RoleServer) {
		return 0
	}
	return 1
}

// fromFile takes the participants of a framework's own file.
func (o *initOptions) fromFile(i *initial) error {
	data, err := readFile(o.from, nil)
	if err != nil {
		return err
	}
	f, err := federation.Import(o.known.Workloads, o.from, data)
	if err != nil {
		return err
	}
	i.Name, i.Framework, i.Image = f.Name, f.Spec.Framework.Name, cmp.Or(i.Image, f.Spec.Defaults.Image)
	if f.Spec.Kits != "" {
		if i.Kits, err = o.relative(filepath.Join(filepath.Dir(o.from), f.Spec.Kits)); err != nil {
			return err
		}
	}
	for _, p := range f.Spec.Participants {
		i.Participants = append(i.Participants, initialParticipant{Name: p.Name, Role: string(p.Role), Org: p.Org})
	}
	return nil
}

// exampleImage fills in an image of the kits' version, if none is given.
func (o *initOptions) exampleImage(i *initial) error {
	if i.Image != "" {
		return nil
	}
	framework, err := o.known.Workloads.Get(i.Framework)
	if err != nil {
		return err
	}
	i.Image = framework.Describe().Image
	tag := tagged(i.Image)
	switch k := i.version; {
	case k == nil || tag == nil:
	case k.version != "":
		i.Image = i.Image[:len(i.Image)-len(tag.Original())] + k.version
	case !inFamily(k.family, tag):
		i.Image = i.Image[:len(i.Image)-len(tag.Original())] + familyExample(k.family)
	}
	return nil
}

// familyExample is a version of a kit's family.
func familyExample(family string) string {
	return regexp.MustCompile(`[+-]+$`).ReplaceAllString(family, "") + ".0"
}
