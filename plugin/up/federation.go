package up

import (
	"fmt"

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

// federation is the federation that the flags describe. Its one organization runs the
// namespace.
func (o *Options) federation() *federation.Federation {
	f := &federation.Federation{}
	f.Name = o.Name
	host := o.serverName() + "." + o.template.Namespace + ".svc"
	address, admins := o.framework.Provisioner.Addresses(host)
	add := func(name string, role kit.Role) {
		f.Spec.Participants = append(f.Spec.Participants, federation.Participant{Name: name, Role: role, Org: o.Name})
	}
	f.Spec.Framework = federation.Framework{Name: o.framework.Name(), Version: o.Version}
	add(o.serverName(), kit.RoleServer)
	f.Spec.Participants[0].Address, f.Spec.Participants[0].AdminAddress = address, admins
	add(o.adminName(), kit.RoleAdmin)
	for i := range o.Clients {
		add(o.clientName(i+1), kit.RoleClient)
	}
	return f
}
