package launch

import (
	"context"
	"fmt"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/plugin/clusterdns"
	"github.com/kubectl-flare/kubectl-flare/plugin/plans"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// The values of --job-runtime.
const (
	runtimeProcess   = "process"
	runtimeContainer = "container"
	runtimePod       = "pod"
)

func (f *flags) jobRuntime() error {
	if slices.Contains([]string{runtimeProcess, runtimeContainer, runtimePod}, f.JobRuntime) {
		return nil
	}
	return fmt.Errorf("--job-runtime %q is not valid: give %s, %s or %s", f.JobRuntime, runtimeProcess, runtimeContainer, runtimePod)
}

// withJobRuntime is the kit with local/ for the runtime of jobs. A local/ that someone has
// sealed does not change here: its sealer vouches for each of its files.
func (o *Options) withJobRuntime(verified acceptance.Verified) (acceptance.Verified, error) {
	k, err := verified.Kit()
	if err != nil {
		return verified, err
	}
	pods := o.framework.JobPods
	switch {
	case !o.participant.JobPods && pods != nil && pods.Launches(k):
		return verified, fmt.Errorf("local/ of the kit %s makes %q run its jobs in pods of their own: give --job-runtime=%s", o.KitDir, k.Participant, runtimePod)
	case o.participant.JobContainer:
		return verified, o.jobContainer(k)
	case !o.participant.JobPods:
		return verified, nil
	case pods == nil:
		return verified, o.registries.Workloads.NoJobPods(k.Framework)
	}
	local, err := pods.LauncherSettings(k, workloads.LauncherOptions{
		Namespace: o.participant.Namespace, Image: o.participant.Image, ImagePullSecrets: o.participant.ImagePullSecrets,
		PodSettings: o.participant.PodSettings,
	})
	if err != nil || local.Digest() == k.LocalDigest() {
		return verified, err
	}
	if k.LocalSeal != nil {
		return verified, fmt.Errorf("local/ of the kit %[1]s is sealed, and does not say that jobs run in pods of namespace %[2]s: write and seal it with `kubectl flare kit seal --local --job-runtime=%[3]s --job-image=%[4]s -n %[2]s %[1]s --key=FILE`, with the same flags for what pods are made of, such as --env",
			o.KitDir, o.participant.Namespace, runtimePod, o.participant.Image)
	}
	return o.accept(k, local)
}

// jobContainer is an error if the participant cannot run its jobs in a container of their own.
func (o *Options) jobContainer(k *kit.Kit) error {
	if o.framework.JobContainers == nil {
		return o.registries.Workloads.NoJobContainers(k.Framework)
	}
	return o.framework.JobContainers.CheckJobContainer(k)
}

// look asks the namespace what the plan needs: whether a launcher needs a Role, at which paths
// data are, and who chooses the user. Users who may not read their namespace have the roles of
// a governed one: built-in roles may.
func (o *Options) look(ctx context.Context, l *plans.Launch) error {
	p := &l.Participant
	namespace, err := o.namespaceOf(ctx, p.Namespace)
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	p.Governed = namespace == nil || namespace.Labels[names.LabelSitePolicy] != ""
	if p.PlatformUser == nil && workloads.AssignsUsers(namespace) {
		if p.JobPods {
			return fmt.Errorf("the platform assigns the users of namespace %q, and local/ has the user of job pods: give --run-as-user=%s, also to `kubectl flare kit seal`", p.Namespace, runAsPlatform)
		}
		p.PlatformUser = new(true)
	}
	l.Namespace = namespace
	if err := o.findDomain(ctx, p); err != nil {
		return err
	}
	return o.dataPaths(ctx, p, namespace)
}

// findDomain asks for the domain of the cluster's Services where a name depends on it.
func (o *Options) findDomain(ctx context.Context, p *workloads.Participant) error {
	k, err := o.verified.Kit()
	if err != nil || p.ClusterDomain != "" {
		return err
	}
	names := append([]string{k.Dials().Host}, k.ServerNames...)
	if p.ServerNamespace == "" && !slices.ContainsFunc(names, workloads.MayBeService) {
		return nil
	}
	typed, err := o.clients.Typed()
	if err == nil {
		p.ClusterDomain = clusterdns.Domain(ctx, typed)
	}
	return err
}

// accept is the kit with another local/, for which no one vouches.
func (o *Options) accept(k *kit.Kit, local kit.Files) (acceptance.Verified, error) {
	rules, err := acceptance.Pinned(o.registries.Kits, o.RootFingerprint)
	if err != nil {
		return acceptance.Verified{}, err
	}
	changed := *k
	changed.Local = local
	verified, findings := acceptance.Accept(&changed, rules, o.clock.Now())
	if err := source.KitError(o.KitDir, &changed, findings, "used"); err != nil {
		return verified, err
	}
	_, _ = fmt.Fprintf(o.ErrOut, "Note: local/ is changed for job pods and has the digest %s; a governed namespace needs a seal, by `kubectl flare kit seal --local --job-runtime=%s`, or the digest in spec.kits.local\n",
		changed.LocalDigest(), runtimePod)
	return verified, nil
}
