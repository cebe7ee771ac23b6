package up

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// launchAll launches the server, and then all others at once, in all clusters. A participant
// that does not start keeps none of the others from it; only without its server the others
// are not tried.
func (o *Options) launchAll(ctx context.Context, all []member) error {
	var servers, others []member
	for _, m := range all {
		switch {
		case m.apart:
		case m.Role == kit.RoleServer:
			servers = append(servers, m)
		default:
			others = append(others, m)
		}
	}
	if err := o.launchEach(ctx, servers); err != nil {
		if len(others) > 0 {
			err = errors.Join(err, fmt.Errorf("the other %d participants are not launched, since they join the server: run the command again when it can start", len(others)))
		}
		return err
	}
	return o.launchEach(ctx, others)
}

func (o *Options) launchEach(ctx context.Context, all []member) error {
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: o.reporter}
	return named(ctx, all, e.RunAll(ctx, o.tasks(all), 0))
}

// tasks launch participants.
func (o *Options) tasks(all []member) []engine.Task {
	tasks := make([]engine.Task, 0, len(all))
	for _, m := range all {
		tasks = append(tasks, engine.Task{Subject: m.Name, Make: func(ctx context.Context, r *engine.Reporter) (engine.Plan, error) {
			one, err := o.launcher(m, r)
			if err != nil {
				return engine.Plan{}, err
			}
			return one.Plan(ctx)
		}})
	}
	return tasks
}

// named says which participants the errors are about.
func named(ctx context.Context, all []member, errs []error) error {
	for i, err := range errs {
		if err != nil {
			errs[i] = fmt.Errorf("%s (%s): %w", all[i].Name, all[i].site(), all[i].clients.Explain(ctx, err))
		}
	}
	return errors.Join(errs...)
}

// launcher launches one participant. What it says goes to the reporter.
func (o *Options) launcher(m member, r *engine.Reporter) (*launch.Options, error) {
	p, err := participant(m)
	if err != nil {
		return nil, err
	}
	one := launch.Member{KitDir: m.dir, RootFingerprint: o.root, Participant: p, SizeGiven: o.changed("storage-size"), ServerComes: m.serverComes}
	one.Delivery.Claim, one.Delivery.Folder, one.Delivery.Image = m.KitVolume.Claim, m.KitVolume.Folder, m.KitVolume.Image
	if o.Wait {
		one.Wait = o.Timeout
	}
	streams := genericiooptions.IOStreams{In: o.In, Out: r, ErrOut: r.Asides()}
	return launch.New(m.clients, launch.Registries{Kits: o.known.Frameworks, Workloads: o.known.Workloads}, one, streams, o.clock), nil
}

// participant is what launch needs to know of a member.
func participant(m member) (workloads.Participant, error) {
	p := workloads.Participant{
		Settings: m.Settings.Settings, Namespace: m.Namespace, ServerNamespace: m.ServerNamespace, KitImage: m.KitVolume.Image,
		JobPods: m.JobRuntime == federation.JobPod, JobContainer: m.JobRuntime == federation.JobContainer,
	}
	var err error
	if p.Image, err = mirrored(p.Image, m.RegistryMirror); err != nil {
		return p, err
	}
	p.Images = map[string]string{}
	for name, image := range m.Images {
		if p.Images[name], err = mirrored(image, m.RegistryMirror); err != nil {
			return p, err
		}
	}
	return p, nil
}
