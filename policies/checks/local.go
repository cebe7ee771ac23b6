package checks

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// local requires that a participant mounts its local/, and that the policy accepts it: it
// decides which code the participant runs. The check reserved-names ensures that it belongs to the
// participant, and the check mounts where it is mounted. A job gets that of its parent.
//
// Fields: volumes[*].configMap, volumeMounts.
func local(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		source := p.Spec.Volumes[i].ConfigMap
		if source == nil || !strings.HasPrefix(source.Name, names.PrefixLocal) {
			continue
		}
		results = append(results, p.localVolume(i, source.Name)...)
		if len(source.Items) > 0 || (source.Optional != nil && *source.Optional) {
			results = append(results, p.fail(IDLocal, localField(i), "not all of local/", "remove items and optional", "the rules of a missing file do not apply (without authorization.json, everything is allowed)"))
		}
	}
	return append(append(results, p.withoutLocal()...), p.parentLocal()...)
}

// parentLocal requires of a new job pod that the policy accepts local/ of its parent now:
// the parent may have started under another policy. The check launcher denies a job pod
// without a parent.
func (p *Pod) parentLocal() []Result {
	parent := p.Facts.Launcher
	if p.Process.Kind != profiles.KindJob || !p.Create || p.Template || parent == nil || parent.Error != "" {
		return nil
	}
	if len(parent.LocalNames) == 0 {
		return []Result{p.fail(IDLocal, "containers", "the parent of the job has no local/", "launch the participant again, with the ConfigMap flare-local-… of `kubectl flare kit inject`",
			"a job runs with the settings of its parent, for which no one vouches")}
	}
	var results []Result
	for _, name := range parent.LocalNames {
		if !IsLocalOf(name, p.owner.Object) {
			results = append(results, p.fail(IDLocal, "containers", "local/ of another participant", fixInject, "the parent of the job mounts ConfigMap %s", quote(name)))
			continue
		}
		found := p.localOf(name)
		for i := range found {
			found[i].Field = p.at("containers")
		}
		results = append(results, found...)
	}
	return results
}

// readings are what was read of local/ for the pod: of that which it mounts, or of that of
// the parent of a job.
func (p *Pod) readings() []acceptance.Reading {
	var refs []string
	if p.Process.Kind == profiles.KindJob && p.Facts.Launcher != nil {
		refs = p.Facts.Launcher.LocalNames
	}
	for i := range p.Spec.Volumes {
		if source := p.Spec.Volumes[i].ConfigMap; source != nil && strings.HasPrefix(source.Name, names.PrefixLocal) {
			refs = append(refs, source.Name)
		}
	}
	var all []acceptance.Reading
	for _, name := range refs {
		if known, ok := p.Facts.Locals[name]; ok && known.Error == "" && p.Kit != nil {
			all = append(all, known.Reading(p.Kit.Identity()))
		}
	}
	return all
}

// withoutLocal says which containers need local/ but do not mount it. The framework would
// read its settings from the workspace claim, where no one vouches for them.
func (p *Pod) withoutLocal() []Result {
	var results []Result
	for _, c := range p.containers {
		d := p.Demand(c)
		if d == nil {
			continue
		}
		at := d.Path(profiles.SourceLocal)
		mounts := func(m corev1.VolumeMount) bool {
			source, ok := p.volume(m.Name)
			return m.MountPath == at && ok && source == profiles.SourceLocal
		}
		if at != "" && !slices.ContainsFunc(c.VolumeMounts, mounts) {
			results = append(results, p.failIn(c, IDLocal, "volumeMounts", "local/ is not mounted",
				"mount the ConfigMap flare-local-… of the participant, which `kubectl flare kit inject` creates, read-only at "+at,
				"the settings would come from another volume, or from the image"))
		}
	}
	return results
}

func localField(volume int) string { return indexed("volumes", volume) + ".configMap" }

func (p *Pod) localVolume(volume int, name string) []Result {
	results := p.localOf(name)
	for i := range results {
		results[i].Field = p.at(localField(volume))
	}
	return results
}

// localOf says why the pod may not run with a local/. The caller sets the field.
func (p *Pod) localOf(name string) []Result {
	known, ok := p.Facts.Locals[name]
	switch {
	case !ok:
		return []Result{{ID: IDLocal, Reason: "local/ does not exist", Fix: fixInject, Detail: "ConfigMap " + quote(name) + " does not exist or cannot be read"}}
	case p.Template && known.Absent:
		return nil // as with the kit, the pods are denied until it exists
	}
	results := LocalProblems(name, &known, p.when())
	if results == nil && !p.when().IsZero() {
		results = fromFindings(IDLocal, "ConfigMap", name, known.Reading(p.Kit.Identity()).Unmet)
	}
	if difference := p.othersLocal(name, &known); results == nil && difference != "" {
		results = []Result{{ID: IDLocal, Reason: "local/ of another kit", Fix: fixSealLocal, Detail: "ConfigMap " + quote(name) + ": " + difference}}
	}
	return results
}

const fixSealLocal = "seal it for this kit with `kubectl flare kit seal --local DIR --key=FILE` and inject the kit again"

// othersLocal compares local/ with the pod's kit. Of a local/ that the policy lists, only
// the participant is known. The check reserved-names denies the name of another
// participant's.
func (p *Pod) othersLocal(name string, known *facts.LocalFact) string {
	own := p.Kit.Identity()
	switch {
	case !IsLocalOf(name, p.owner.Object), known.Identity == own:
		return ""
	case !known.Listed:
		return known.Identity.Difference(own)
	case known.Identity.Participant != own.Participant:
		return "the policy lists it for " + quote(known.Identity.Participant)
	}
	return ""
}

// LocalProblems says why a local/ may not be used. With a zero time, it ignores what matters
// only for new pods, as KitProblems does.
func LocalProblems(name string, l *facts.LocalFact, now time.Time) []Result {
	bad := func(reason, detail string) []Result {
		return []Result{{ID: IDLocal, Reason: reason, Detail: "ConfigMap " + quote(name) + ": " + detail, Fix: fixInject}}
	}
	switch {
	case len(l.Failures) > 0:
		return fromFindings(IDLocal, "ConfigMap", name, l.Failures)
	case l.Absent:
		return bad("local/ does not exist", oneLine(l.Error))
	case l.Error != "":
		return bad("local/ was changed", oneLine(l.Error))
	case !l.Immutable:
		return bad("local/ can be changed", "it is not immutable")
	case now.IsZero():
		return nil
	}
	return fromFindings(IDLocal, "ConfigMap", name, l.Terms.Failed(now))
}

func reasonOfLocal(finding string) string {
	switch finding {
	case acceptance.CheckLocalSeal:
		return "no one vouches for local/"
	case acceptance.CheckLocalSealFiles:
		return "local/ was changed"
	case acceptance.CheckLocalSealIdentity:
		return "local/ of another kit"
	case acceptance.CheckLocalSealDates:
		return "the seal of local/ is not valid now"
	case acceptance.CheckLocalSerial:
		return "local/ is outdated"
	case acceptance.CheckLocalRevoked:
		return "local/ is revoked"
	case kit.CheckLocalContent:
		return "a setting that is not allowed"
	}
	return "local/ cannot be used"
}
