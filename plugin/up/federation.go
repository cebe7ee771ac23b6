package up

import (
	"cmp"
	"fmt"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// maxName leaves room for the rest of participants' names in those of objects.
const maxName = 40

// The names of participants are made of the federation's, so that a namespace can have
// several federations.
func (o *Options) serverName() string      { return o.Name + "-server" }
func (o *Options) adminName() string       { return o.Name + "-admin" }
func (o *Options) clientName(i int) string { return fmt.Sprintf("%s-client-%d", o.Name, i) }

// federation is that of the file or of the flags, with the settings of the flags. Relative
// paths in it begin at base.
func (o *Options) federation() (f *federation.Federation, base string, err error) {
	if o.files() {
		f, base, err = o.read(o.known.Workloads, o.In)
		if err == nil {
			o.Name = f.Name
			o.Dir = cmp.Or(o.Dir, filepath.Join(base, f.Name))
			err = o.apart()
		}
	} else {
		f = o.described()
	}
	if err != nil {
		return nil, "", err
	}
	return f, base, o.settle(f)
}

// described is the federation that the flags describe. Its one organization runs the
// namespace.
func (o *Options) described() *federation.Federation {
	f := &federation.Federation{}
	f.Name = o.Name
	f.Spec.Framework = federation.Framework{Name: o.framework.Name(), Version: o.Version}
	f.Spec.Defaults.Namespace = o.template.Namespace
	add := func(name string, role kit.Role) {
		f.Spec.Participants = append(f.Spec.Participants, federation.Participant{Name: name, Role: role, Org: o.Name, Kit: federation.ProvisionKit})
	}
	add(o.serverName(), kit.RoleServer)
	host := o.serverName() + "." + o.template.Namespace + ".svc"
	f.Spec.Participants[0].Address, f.Spec.Participants[0].AdminAddress = o.framework.Provisioner.Addresses(host)
	add(o.adminName(), kit.RoleAdmin)
	for i := range o.Clients {
		add(o.clientName(i+1), kit.RoleClient)
	}
	return f
}
