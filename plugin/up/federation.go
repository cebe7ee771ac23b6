package up

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
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
	f.Metadata.Name = o.Name
	host := o.serverName() + "." + o.template.Namespace + ".svc"
	address, admins := o.framework.Provisioner.Addresses(host)
	member := func(name string) federation.Member { return federation.Member{Name: name, Org: o.Name} }
	f.Spec = federation.Spec{
		Framework: federation.Framework{Name: o.framework.Name(), Version: o.Version},
		Server:    federation.Server{Member: member(o.serverName()), Address: address, AdminAddress: admins},
		Admins:    []federation.Member{member(o.adminName())},
	}
	for i := range o.Clients {
		f.Spec.Clients = append(f.Spec.Clients, member(o.clientName(i+1)))
	}
	return f
}
