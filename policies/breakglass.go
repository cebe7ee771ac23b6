package policies

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// MaxBreakGlass is how long break-glass may be open after it was opened.
const MaxBreakGlass = 8 * time.Hour

const (
	// skew is how far the clocks of a user and of the webhook may differ.
	skew = time.Minute
	// longestReason is in bytes: the reason is in every warning and Event.
	longestReason = 256
)

// IDBreakGlass is the ID of results about break-glass and about who changes a SitePolicy.
const IDBreakGlass = "break-glass"

// BreakGlass is access to the pods of participants in an emergency, for users with the
// verb breakglass on the SitePolicy. It is open from the moment in which such a user
// annotates the SitePolicy until the time in the annotation.
type BreakGlass struct {
	Until  time.Time
	Reason string
}

// BreakGlass says whether break-glass is open at a time.
func (p *Policy) BreakGlass(now time.Time) (BreakGlass, bool) {
	if !p.Valid() || p.site.Source().Annotations[names.AnnotationBreakGlassUntil] == "" {
		return BreakGlass{}, false
	}
	b, err := breakGlassOf(p.site.Source())
	return b, err == nil && now.Before(b.Until)
}

// breakGlassOf reads the annotations.
func breakGlassOf(p *v1alpha1.SitePolicy) (BreakGlass, error) {
	reason := p.Annotations[names.AnnotationBreakGlassReason]
	until, err := time.Parse(time.RFC3339, p.Annotations[names.AnnotationBreakGlassUntil])
	if err != nil {
		return BreakGlass{}, fmt.Errorf("the end is not a time such as 2026-11-23T12:00:00Z: %.40q", p.Annotations[names.AnnotationBreakGlassUntil])
	}
	return BreakGlass{Until: until, Reason: reason}, CheckBreakGlassReason(reason)
}

// CheckBreakGlassReason says what is wrong with a reason.
func CheckBreakGlassReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("the reason is missing")
	case len(reason) > longestReason:
		return fmt.Errorf("the reason is longer than %d bytes", longestReason)
	case strings.ContainsFunc(reason, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("the reason has characters that cannot be printed")
	}
	return nil
}

// OpensBreakGlass says whether a request sets the annotations of break-glass. If so, the
// caller asks whether the user has the verb breakglass, for Facts.BreakGlass.
func OpensBreakGlass(r *Review) bool {
	policy, old := writtenPolicies(r)
	if policy == nil {
		return false
	}
	for _, name := range []string{names.AnnotationBreakGlassUntil, names.AnnotationBreakGlassReason} {
		value, ok := policy.Annotations[name]
		if ok && (old == nil || old.Annotations[name] != value) {
			return true
		}
	}
	return false
}

// ChangesPolicy says whether a request changes the rules of a SitePolicy that exists. If
// so, the caller asks whether the user has the verb govern, for Facts.Govern.
func ChangesPolicy(r *Review) bool {
	policy, old := writtenPolicies(r)
	return policy != nil && old != nil && !equality.Semantic.DeepEqual(policy.Spec, old.Spec)
}

func writtenPolicies(r *Review) (policy, old *v1alpha1.SitePolicy) {
	policy, _ = r.Object.(*v1alpha1.SitePolicy)
	old, _ = r.OldObject.(*v1alpha1.SitePolicy)
	return policy, old
}

// rights says what is wrong with who writes a SitePolicy. Users with the verb breakglass
// alone may patch it, to open break-glass, and must not change its rules.
func rights(r *Review, f *Facts) []checks.Result {
	var results []checks.Result
	bad := func(field, reason, fix string) {
		results = append(results, checks.Result{ID: IDBreakGlass, Field: field, Reason: reason, Fix: fix})
	}
	if ChangesPolicy(r) && !f.Govern {
		bad("spec", "only users with the verb govern on the SitePolicy may change it", "ask a cluster admin")
	}
	if !OpensBreakGlass(r) {
		return results
	}
	if !f.BreakGlass {
		bad("metadata.annotations", "only users with the verb breakglass on the SitePolicy may open break-glass", "ask a cluster admin for it")
	}
	policy, _ := writtenPolicies(r)
	const fix = "use `kubectl flare site break-glass NAMESPACE --reason TEXT --for 1h`"
	switch opened, err := breakGlassOf(policy); {
	case err != nil:
		bad("metadata.annotations", err.Error(), fix)
	case !f.Now.Before(opened.Until):
		bad("metadata.annotations["+names.AnnotationBreakGlassUntil+"]", "the end of break-glass is in the past", fix)
	case opened.Until.After(f.Now.Add(MaxBreakGlass + skew)):
		bad("metadata.annotations["+names.AnnotationBreakGlassUntil+"]", "break-glass may be open for "+duration(MaxBreakGlass)+" at most", fix)
	}
	return results
}

func duration(d time.Duration) string { return fmt.Sprintf("%d hours", int(d.Hours())) }

// used records that break-glass gave access: in the audit log, and to the user.
func (d *Decision) used(r *Review, b BreakGlass) {
	until := b.Until.UTC().Format(time.RFC3339)
	d.note(AuditBreakGlass, r.User.Username+" "+r.Subresource+" "+r.Namespace+"/"+r.Name+" until "+until+": "+b.Reason)
	d.Warnings = append(d.Warnings, "SitePolicy "+d.Policy+": break-glass is open until "+until+" ("+b.Reason+"): this access is recorded")
}
