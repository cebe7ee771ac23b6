package policies_test

import (
	"slices"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// scene is an allowed request, which a test changes.
type scene struct {
	a      policies.Review
	policy *v1alpha1.SitePolicy
	facts  policies.Facts
}

func (s *scene) pod() *corev1.Pod { return s.a.Object.(*corev1.Pod) }

func newScene(t *testing.T, role string) *scene {
	t.Helper()
	policy := policiestest.Policy(t)
	policiestest.OpenBreakGlass(policy)
	f := policiestest.Facts(policy)
	pod := policiestest.OtherPod(t)
	if role != "other" {
		pod = policiestest.Compile(t, policy).Mutate(policiestest.LaunchPod(t, role), f)
	}
	return &scene{create(pod, controller), policy, f}
}

// updated makes it an update without changes.
func (s *scene) updated(subresource string) *scene {
	s.a.Operation, s.a.Subresource = policies.Update, subresource
	s.a.OldObject = s.a.Object.DeepCopyObject()
	return s
}

// evaluate compiles the policy like the policy cache.
func (s *scene) evaluate(t *testing.T) policies.Decision {
	t.Helper()
	if s.policy == nil {
		return (*policies.Policy)(nil).Evaluate(s.a, s.facts)
	}
	p, errs := policies.Compile(s.policy, policiestest.Catalog(t))
	if len(errs) > 0 {
		p = policies.Invalid(s.policy.Name, errs)
	}
	return p.Evaluate(s.a, s.facts)
}

// expect compares the verdict: the message must contain want, or "" means allowed.
func (s *scene) expect(t *testing.T, want string) policies.Decision {
	t.Helper()
	d := s.evaluate(t)
	if d.Allowed != (want == "") || !strings.Contains(d.Message(), want) {
		t.Errorf("allowed %v, want %q in %q", d.Allowed, want, d.Message())
	}
	return d
}

func TestNoPolicy(t *testing.T) {
	s := newScene(t, "other")
	s.policy, s.facts.PolicyName = nil, "hospital-b"
	d := s.expect(t, `SitePolicy hospital-b: the policy does not exist or is not loaded yet: it governs namespace "fl-site-2" (label kubectl-flare.dev/site-policy=hospital-b); fix: `)
	if d.AuditAnnotations[policies.AuditVerdict] != "denied" {
		t.Error(d.AuditAnnotations)
	}
}

// An invalid policy denies everything and says why, in every enforcement mode.
func TestInvalidPolicy(t *testing.T) {
	for _, mode := range []v1alpha1.Enforcement{v1alpha1.Enforce, v1alpha1.Warn, v1alpha1.Audit} {
		s := newScene(t, "other")
		s.policy.Spec.Workspace = v1alpha1.WorkspaceRule{} // defaults are filled in
		s.expect(t, "")
		s.policy.Spec.Enforcement, s.policy.Spec.Participants = mode, nil
		s.expect(t, "spec.participants: ")
	}
}

func TestEnforcement(t *testing.T) {
	for mode, want := range map[v1alpha1.Enforcement]struct {
		verdict  string
		warnings bool
	}{v1alpha1.Enforce: {"denied", false}, v1alpha1.Warn: {"warned", true}, v1alpha1.Audit: {"audited", false}} {
		s := newScene(t, "other")
		s.policy.Spec.Enforcement = mode
		s.pod().Spec.HostNetwork = true
		d := s.evaluate(t)
		if d.AuditAnnotations[policies.AuditVerdict] != want.verdict || d.Allowed == (want.verdict == "denied") || (len(d.Warnings) > 0) != want.warnings {
			t.Errorf("%s: %+v", mode, d)
		}
		if d.AuditAnnotations[policies.AuditViolations] != "host,pod-security" || d.AuditAnnotations[policies.AuditPolicy] != "hospital-a" {
			t.Errorf("%s: %v", mode, d.AuditAnnotations)
		}
	}
}

func TestMessage(t *testing.T) {
	s := newScene(t, "client")
	s.pod().Spec.Containers[0].WorkingDir = "/workspace"
	s.expect(t, `SitePolicy hospital-a: container "nvflare" (spec.containers[0].workingDir): a working directory: python -m loads code from "/workspace" first; fix: remove it`)
}

func TestUpdates(t *testing.T) {
	for name, tc := range map[string]struct {
		role   string
		change func(*scene)
		want   string
	}{
		"labels":                {"client", func(s *scene) { s.pod().Labels = nil }, ""},
		"finalizers":            {"client", func(s *scene) { s.pod().Finalizers = nil; s.facts.Kits = nil }, ""},
		"tolerations":           {"client", func(s *scene) { s.pod().Spec.Tolerations = []corev1.Toleration{{Operator: "Exists"}} }, "the toleration is not allowed"},
		"a deadline":            {"client", func(s *scene) { s.pod().Spec.ActiveDeadlineSeconds = new(int64(1)) }, ""},
		"an image":              {"client", func(s *scene) { s.pod().Spec.Containers[0].Image = "evil" }, "image"},
		"being deleted":         {"client", func(s *scene) { s.pod().DeletionTimestamp = &metav1.Time{}; s.pod().Spec.Containers[0].Image = "evil" }, "image"},
		"nothing was there":     {"client", func(s *scene) { s.a.OldObject = nil; s.pod().Spec.Containers[0].Image = "evil" }, "image"},
		"a typed nil was there": {"client", func(s *scene) { s.a.OldObject = (*corev1.Pod)(nil); s.pod().Spec.Containers[0].Image = "evil" }, "image"},
		"a gate lifted": {"client", func(s *scene) {
			s.a.OldObject.(*corev1.Pod).Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "x"}}
		}, ""},
		"a gate lifted, swapped kit": {"client", func(s *scene) {
			s.a.OldObject.(*corev1.Pod).Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "x"}}
			kit := s.facts.Kits[policiestest.ClientKit]
			kit.Type = "Opaque"
			s.facts.Kits[policiestest.ClientKit] = kit
		}, "not a kit Secret"},
		"a gate lifted, expired": {"client", func(s *scene) {
			s.a.OldObject.(*corev1.Pod).Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "x"}}
			s.facts.Now = s.facts.Now.AddDate(9, 0, 0)
		}, "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, tc.role).updated("")
			tc.change(s)
			s.expect(t, tc.want)
		})
	}
}

func TestSubresources(t *testing.T) {
	debug := func(s *scene) {
		hard := s.pod().Spec.Containers[0].SecurityContext
		s.pod().Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "busybox", SecurityContext: hard}}}
	}
	for name, tc := range map[string]struct {
		role, subresource string
		change            func(*scene)
		want              string
	}{
		"status":            {"client", "status", func(s *scene) { s.pod().Labels = nil }, ""},
		"eviction":          {"client", "eviction", func(s *scene) { s.a.Object = nil }, ""},
		"a new one":         {"client", "teleport", func(*scene) {}, "a SitePolicy has no rules for this request"},
		"no pod":            {"client", "", func(s *scene) { s.a.Object = &corev1.Node{} }, "no rules for this request"},
		"nothing":           {"client", "", func(s *scene) { s.a.Object = nil }, "no rules for this request"},
		"a typed nil":       {"client", "resize", func(s *scene) { s.a.Object = (*corev1.Pod)(nil) }, "no rules for this request"},
		"debugging":         {"client", "ephemeralcontainers", debug, "an ephemeral container in a participant's pod"},
		"debugging another": {"other", "ephemeralcontainers", debug, ""},
		"break-glass":       {"client", "ephemeralcontainers", func(s *scene) { debug(s); s.facts.BreakGlass = true }, ""},
		"break-glass and the node": {"client", "ephemeralcontainers", func(s *scene) {
			debug(s)
			s.facts.BreakGlass = true
			s.pod().Spec.EphemeralContainers[0].SecurityContext = &corev1.SecurityContext{Privileged: new(true)}
		}, "privileged"},
		"break-glass for a pod":  {"client", "", func(s *scene) { s.facts.BreakGlass = true; s.pod().Spec.Containers[0].Image = "evil" }, "image"},
		"resize":                 {"client", "resize", func(s *scene) { delete(s.pod().Spec.Containers[0].Resources.Limits, "cpu") }, "set a limit for cpu"},
		"resize another":         {"other", "resize", func(*scene) {}, ""},
		"bound by the scheduler": {"client", "binding", func(s *scene) { s.a.User.Username = "system:kube-scheduler" }, ""},
		"bound by a known one":   {"client", "binding", func(s *scene) { s.facts.Binders = []string{controller} }, ""},
		"bound by somebody":      {"client", "binding", func(*scene) {}, "only the scheduler may bind pods"},
		"bound the old way":      {"client", "", func(s *scene) { s.a.Resource.Resource = "bindings" }, "only the scheduler may bind pods"},
		"a strange resource": {"client", "", func(s *scene) {
			s.a.Resource = schema.GroupResource{Group: "x.io", Resource: "pods"}
			s.a.Object = &corev1.Node{}
		}, "no rules for this request"},
		"deleted": {"client", "", func(s *scene) { s.a.Operation, s.a.Object = policies.Delete, nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, tc.role).updated(tc.subresource)
			tc.change(s)
			s.expect(t, tc.want)
		})
	}
}

func TestConnect(t *testing.T) {
	for name, tc := range map[string]struct {
		role, resource, subresource string
		change                      func(*scene)
		want                        string
	}{
		"into a client":        {"client", "pods", "exec", func(*scene) {}, "has the role client"},
		"attached":             {"client", "pods", "attach", func(*scene) {}, "has the role client"},
		"forwarded":            {"server", "pods", "portforward", func(*scene) {}, "has the role server"},
		"proxied":              {"server", "pods", "proxy", func(*scene) {}, "has the role server"},
		"through a Service":    {"server", "services", "proxy", func(*scene) {}, "has the role server"},
		"a Service of no pods": {"server", "services", "proxy", func(s *scene) { s.facts.Targets = []*corev1.Pod{} }, ""},
		"into an admin":        {"admin", "pods", "exec", func(*scene) {}, ""},
		"nothing is open":      {"admin", "pods", "exec", func(s *scene) { s.policy.Spec.Privacy = nil }, "has the role admin"},
		"into another":         {"other", "pods", "exec", func(*scene) {}, ""},
		"another with data": {"other", "pods", "exec", func(s *scene) {
			s.facts.Targets[0].Spec.Volumes[0].VolumeSource = corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "ct-scans"}}
		}, "mounts the site's data"},
		"an unknown kit":   {"admin", "pods", "exec", func(s *scene) { s.facts.Kits = nil }, "is missing or not genuine"},
		"no such pod":      {"admin", "pods", "exec", func(s *scene) { s.facts.Targets = nil }, "the pod cannot be looked up"},
		"no such pod, two": {"admin", "pods", "exec", func(s *scene) { s.facts.Targets = []*corev1.Pod{} }, "the pod cannot be looked up"},
		"labelled admin":   {"client", "pods", "exec", func(s *scene) { s.facts.Targets[0].Labels["kubectl-flare.dev/role"] = "admin" }, "has the role client"},
		"break-glass":      {"client", "pods", "exec", func(s *scene) { s.facts.BreakGlass = true }, ""},
		"a new way":        {"admin", "pods", "teleport", func(*scene) {}, "no rules for this request"},
		"a node":           {"admin", "nodes", "proxy", func(*scene) {}, "no rules for this request"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, tc.role)
			s.facts.Targets = []*corev1.Pod{s.pod()}
			s.a = policies.Review{
				Operation: policies.Connect, Resource: schema.GroupResource{Resource: tc.resource}, Subresource: tc.subresource,
				Namespace: policiestest.Namespace, Name: "x", Object: &corev1.PodExecOptions{}, User: authenticationv1.UserInfo{Username: "alice"},
			}
			tc.change(s)
			d := s.expect(t, tc.want)
			if _, told := d.AuditAnnotations[policies.AuditBreakGlass]; told != s.facts.BreakGlass {
				t.Errorf("annotations %v", d.AuditAnnotations)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	pod := policiestest.LaunchPod(t, "client")
	pod.Spec.ImagePullSecrets = append(pod.Spec.ImagePullSecrets, corev1.LocalObjectReference{Name: "flare-kit-a"})
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "x", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "ct-scans"}}})
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "e", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}})
	if got := policies.References(pod); !slices.Equal(got, []string{"flare-kit-a", policiestest.ClientKit}) {
		t.Errorf("kits %v", got)
	}
	if got := policies.LocalReferences(pod); len(got) != 1 || !strings.HasPrefix(got[0], "flare-local-") {
		t.Errorf("locals %v", got)
	}
	pod.Name = ""
	if got := policies.ClaimReferences(pod); !slices.Equal(got, []string{"ct-scans", "site-2-809cb9ad-workspace"}) {
		t.Errorf("claims of a template %v", got)
	}
	pod.Name = "p"
	if got := policies.ClaimReferences(pod); !slices.Equal(got, []string{"ct-scans", "p-e", "site-2-809cb9ad-workspace"}) {
		t.Errorf("claims %v", got)
	}
}

// The API server says which pod a launcher's token is bound to.
func TestBoundPod(t *testing.T) {
	bound := map[string]authenticationv1.ExtraValue{policies.ExtraPodName: {"site-2-0"}, policies.ExtraPodUID: {"u1"}}
	for name, tc := range map[string]struct {
		user     string
		extra    map[string]authenticationv1.ExtraValue
		pod      string
		launcher bool
	}{
		"a launcher":              {policiestest.LauncherUser, bound, "site-2-0", true},
		"an unbound token":        {policiestest.LauncherUser, nil, "", true},
		"a token without the UID": {policiestest.LauncherUser, map[string]authenticationv1.ExtraValue{policies.ExtraPodName: {"p"}}, "", true},
		"somebody else":           {"alice", bound, "", false},
		"of another namespace":    {"system:serviceaccount:other:site-2-809cb9ad", bound, "", false},
	} {
		r := policies.Review{Namespace: policiestest.Namespace, User: authenticationv1.UserInfo{Username: tc.user, Extra: tc.extra}}
		pod, _, launcher := policiestest.Compile(t, policiestest.Policy(t)).BoundPod(&r)
		if pod != tc.pod || launcher != tc.launcher {
			t.Errorf("%s: %q, %v", name, pod, launcher)
		}
	}
	var none *policies.Policy
	if _, _, launcher := none.BoundPod(&policies.Review{}); launcher || none.LauncherUser("site-2", "x") != "" {
		t.Error("a launcher without a policy")
	}
}

func TestSitePolicies(t *testing.T) {
	write := func(policy runtime.Object) policies.Review {
		return policies.Review{Operation: policies.Update, Resource: schema.GroupResource{Group: v1alpha1.Group, Resource: v1alpha1.Resource}, Name: "hospital-a", Object: policy}
	}
	bad := policiestest.Policy(t)
	bad.Spec.Privacy.Settings, bad.Spec.Enforcement = []v1alpha1.SettingRule{{Framework: "nvflare", Setting: "privacy.none", Present: true}}, v1alpha1.Warn
	for name, tc := range map[string]struct {
		a    policies.Review
		want string
	}{
		"valid":   {write(policiestest.Policy(t)), ""},
		"bad":     {write(bad), "spec.privacy.settings[0].setting: "},
		"none":    {write(nil), "no rules for this request"},
		"deleted": {policies.Review{Operation: policies.Delete}, ""},
	} {
		d := policiestest.Catalog(t).EvaluateSitePolicy(tc.a, policies.Facts{})
		if d.Allowed != (tc.want == "") || !strings.Contains(d.Message(), tc.want) {
			t.Errorf("%s: allowed %v, %q", name, d.Allowed, d.Message())
		}
	}
}
