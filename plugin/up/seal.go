package up

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/plugin/site"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// sealAll seals the kits that no one has sealed, if the file says with what. All of them are
// sealed before the first one gets into a cluster.
func (o *Options) sealAll(all []member) error {
	if o.seal.Key == "" {
		return nil
	}
	var errs []error
	for _, m := range all {
		if !m.apart && m.kit != nil && !m.kit.sealed {
			errs = append(errs, o.sealOne(m))
		}
	}
	return errors.Join(errs...)
}

func (o *Options) sealOne(m member) error {
	k, err := source.Kit(o.known.Frameworks, m.dir)
	if err != nil {
		return err
	}
	// launch warns of what is suspicious about the kit.
	streams := genericiooptions.IOStreams{In: o.In, Out: o.reporter.For(m.Name), ErrOut: io.Discard}
	o.reporter.For(m.Name).Step("seal")
	s := kitcmd.NewSealOptions(placed{m.clients, m.Namespace}, kitcmd.Known{Frameworks: o.known.Frameworks, Workloads: o.known.Workloads}, streams, o.clock)
	s.KeyFile, s.CertificateFile, s.RootFingerprint = o.seal.Key, o.seal.Certificate, o.root
	if m.JobRuntime == federation.JobPod {
		p, err := participant(m)
		if err != nil {
			return err
		}
		s.JobPods(p.Image, p.ImagePullSecrets)
	}
	if err := s.Missing(m.dir, k); err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	return nil
}

// governAll puts the namespaces under their SitePolicies, if the file says which. One that
// cannot be governed is not launched in.
func (o *Options) governAll(ctx context.Context, base string, all []member) error {
	var errs []error
	for at, there := range sites(all) {
		g, given := governing(at, there, all)
		if !given {
			continue
		}
		g.Policy = federation.Govern{Policy: g.Policy}.PolicyFrom(base)
		c := there[0].clients
		known := site.Known{Catalog: o.known.Catalog, Workloads: o.known.Workloads}
		for _, m := range there {
			o.reporter.For(m.Name).Step("govern")
		}
		r := o.reporter.For(at.String())
		if err := site.Govern(ctx, c, known, g, genericiooptions.IOStreams{In: o.In, Out: r, ErrOut: r.Asides()}, o.clock); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, c.Explain(ctx, err)))
		}
	}
	return errors.Join(errs...)
}

// governing is how a namespace is governed. The federation's own server is found among its
// members.
func governing(at place, there, all []member) (site.Governing, bool) {
	var g federation.Govern
	for _, m := range there {
		if m.Govern.Policy != "" {
			g = m.Govern
		}
	}
	result := site.Governing{Namespace: at.namespace, Policy: g.Policy, ServerCIDRs: g.ServerCIDRs, Admins: g.Admins, Scientists: g.Scientists}
	for _, m := range all {
		switch {
		case m.Role != kit.RoleServer || m.Context != at.context || m.Runtime == federation.RuntimeExternal || m.Namespace == "":
		case m.Namespace == at.namespace:
			result.HostsServer = true
		default:
			result.ServerNamespaces = append(result.ServerNamespaces, m.Namespace)
		}
	}
	return result, g.Policy != ""
}

// checkGovern reports participants of one namespace that are to be governed differently.
func checkGovern(all []member, r *federation.Report) {
	for at, there := range sites(all) {
		for i := 1; i < len(there); i++ {
			if m := there[i]; m.Govern.Policy != "" && there[0].Govern.Policy != "" && !reflect.DeepEqual(m.Govern, there[0].Govern) {
				r.Add(m.at+".govern", "(%s) is not that of %s, and both run in %s: a namespace has one SitePolicy", m.Name, there[0].Name, at)
			}
		}
	}
}
