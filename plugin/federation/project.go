package federation

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

// Project are the participants whose kits kubectl flare makes, in the words of provisioning.
// A participant with another role than the usual ones is reported.
func (f *Federation) Project(r *Report) provisioning.Project {
	p := provisioning.Project{Name: f.Name, Version: f.Spec.Framework.Version}
	for i, m := range f.Spec.Participants {
		at := ParticipantPath(i)
		member := provisioning.Member{Name: m.Name, Org: m.Org, Field: at}
		switch {
		case m.Role == kit.RoleServer && p.Server.Name != "":
			r.Add(at+".role", "is server, as that of %s: a federation has one server", p.Server.Name)
		case m.Role == kit.RoleServer:
			p.Server = provisioning.Server{Member: member, Address: m.Address, AdminAddress: m.AdminAddress, Names: m.Names}
		case m.Role == kit.RoleClient:
			p.Clients = append(p.Clients, member)
		case m.Role == kit.RoleAdmin:
			p.Admins = append(p.Admins, member)
		default:
			r.Add(at+".role", "is %q: kits are made for the roles %s, %s and %s", m.Role, kit.RoleServer, kit.RoleClient, kit.RoleAdmin)
		}
	}
	if p.Server.Name == "" {
		r.Add("spec.participants", "has no participant with the role %s", kit.RoleServer)
	}
	return p
}
