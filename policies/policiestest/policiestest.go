// Package policiestest has the objects with which tests of verdicts begin: a policy, a
// namespace's facts, and pods as launch and NVFLARE's launcher make them. Every call
// returns a new copy, so that a test can change it.
package policiestest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Namespace is where everything runs.
const Namespace = "fl-site-2"

// Root is the fingerprint of the root that the policy pins.
var Root = strings.Repeat("5f", 32)

// Now is the time of all facts.
var Now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// The Secrets of the three participants' kits.
var (
	ServerKit = "flare-kit-server1-" + strings.Repeat("a1", 16)
	ClientKit = "flare-kit-site-2-809cb9ad-" + strings.Repeat("b2", 16)
	AdminKit  = "flare-kit-" + kit.ObjectName("lead@hospital-a.org") + "-" + strings.Repeat("c3", 16)
)

// LauncherUser is the ServiceAccount of the client, which creates its job pods, and
// ServerLauncher that of the server.
const (
	LauncherUser   = "system:serviceaccount:" + Namespace + ":site-2-809cb9ad"
	ServerLauncher = "system:serviceaccount:" + Namespace + ":server1"
)

// LauncherOf is the ServiceAccount of a server or client.
func LauncherOf(role string) string {
	if role == "server" {
		return ServerLauncher
	}
	return LauncherUser
}

// Policy is a typical policy of a hospital.
func Policy(t testing.TB) *v1alpha1.SitePolicy {
	t.Helper()
	p := &v1alpha1.SitePolicy{}
	load(t, "policy.yaml", p)
	v1alpha1.SetDefaults(p)
	return p
}

// OpenBreakGlass opens break-glass until an hour after Now.
func OpenBreakGlass(p *v1alpha1.SitePolicy) {
	p.Annotations = map[string]string{
		names.AnnotationBreakGlassUntil: Now.Add(time.Hour).Format(time.RFC3339), names.AnnotationBreakGlassReason: "the client hangs",
	}
}

// Catalog is the catalog of this version.
func Catalog(t testing.TB) *policies.Catalog {
	t.Helper()
	catalog, err := policies.DefaultCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// Compile compiles a policy that is valid.
func Compile(t testing.TB, policy *v1alpha1.SitePolicy) *policies.Policy {
	t.Helper()
	p, errs := policies.Compile(policy, Catalog(t))
	if len(errs) > 0 {
		t.Fatal(errs.ToAggregate())
	}
	return p
}

// Site is the same for tests below package policies.
func Site(t testing.TB, policy *v1alpha1.SitePolicy) *compiled.Policy {
	t.Helper()
	p, errs := compiled.New(policy, compiled.Tools{Profiles: Catalog(t).Profiles(), Frameworks: frameworks.Default(), Rules: rules.NewCompiler()})
	if len(errs) > 0 {
		t.Fatal(errs.ToAggregate())
	}
	return p
}

// Checks are the checks of this version.
func Checks(t testing.TB) *checks.Registry {
	t.Helper()
	r, err := checks.NewRegistry(checks.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// JobPolicy is Policy for participants that NVFLARE's own chart runs, which have their
// workspace at another path.
func JobPolicy(t testing.TB) *v1alpha1.SitePolicy {
	t.Helper()
	p := Policy(t)
	p.Spec.Workspace.MountPath = "/var/tmp/nvflare/workspace"
	return p
}

// Facts are the facts of a namespace with three valid kits.
func Facts(policy *v1alpha1.SitePolicy) facts.Facts {
	return facts.Facts{
		Now: Now, PolicyName: policy.Name,
		Kits: map[string]*facts.KitFact{
			ServerKit: kitFact("server1", "lab", nvflare.RoleServer, "a1"),
			ClientKit: kitFact("Site_2", "hospital_b", nvflare.RoleClient, "b2"),
			AdminKit:  kitFact("lead@hospital-a.org", "hospital_a", nvflare.RoleAdmin, "c3"),
		},
		Locals: map[string]facts.LocalFact{
			localName("server1", "1a"):             LocalFact("server1", "lab", nvflare.RoleServer),
			localName("Site_2", "2b"):              LocalFact("Site_2", "hospital_b", nvflare.RoleClient),
			localName("lead@hospital-a.org", "3c"): LocalFact("lead@hospital-a.org", "hospital_a", nvflare.RoleAdmin),
		},
		// The other pod uses the first; an unsealed kit is in the second.
		Secrets: map[string]facts.SecretFact{"notebook": {}, "unsealed": {Issued: "client.crt, issued by root lab", Key: true}},
		Claims: map[string]facts.ClaimFact{
			"ct-scans": {VolumeName: "pv-17"}, "flare-kits": {VolumeName: "pv-1"}, "server1-workspace": {VolumeName: "pv-2"},
			"site-2-809cb9ad-workspace": {VolumeName: "pv-3"}, kit.ObjectName("lead@hospital-a.org") + "-workspace": {VolumeName: "pv-4"},
		},
	}
}

// JobFacts are those of the federation that the job pods of a server or client are of:
// the launcher's token is bound to the pod of their parent.
func JobFacts(policy *v1alpha1.SitePolicy, role string) facts.Facts {
	f := Facts(policy)
	k := f.Kits[ServerKit]
	k.Org = "nvidia"
	f.Kits[ServerKit] = k
	f.Locals[localName("server1", "1a")] = LocalFact("server1", "nvidia", nvflare.RoleServer)
	f.Launcher = &facts.LauncherFact{ServiceAccountName: "site-2-809cb9ad", KitName: ClientKit, LocalNames: []string{localName("Site_2", "2b")}}
	if role == "server" {
		f.Launcher = &facts.LauncherFact{ServiceAccountName: "server1", KitName: ServerKit, LocalNames: []string{localName("server1", "1a")}}
	}
	return f
}

// KitImage is the image of flare-kit, by digest.
var KitImage = "registry.example.org/flare-kit@sha256:" + strings.Repeat("6d", 32)

// OnVolume puts all kits on a volume that the policy lists.
func OnVolume(policy *v1alpha1.SitePolicy, f *facts.Facts) {
	policy.Spec.Kits.Claims = []string{"flare-kits"}
	f.KitImage = KitImage
	for name, k := range f.Kits {
		object := kit.ObjectName(k.Participant)
		k.Volume = &kit.Volume{ClaimName: "flare-kits", SubPath: object + "/" + k.Digest[:32]}
		f.Kits[name] = k
	}
}

func kitFact(name, org string, role kit.Role, digest string) *facts.KitFact {
	return &facts.KitFact{
		UID: "0", Type: facts.KitSecretType, Immutable: true,
		Framework: nvflare.Name, Version: "2.9.0", Participant: name, Org: org, Role: role, Federation: "lab_federation",
		Server: kit.Endpoint{Scheme: "grpc", Host: "server1.fl-server.svc.cluster.local", Port: 8002, ServerName: "server1"},
		Digest: strings.Repeat(digest, 32), RootFingerprint: Root,
		KeyFingerprint: strings.Repeat("7e", 32),
		SealedBy:       facts.SealProject, Serial: 7,
		Terms: acceptance.Terms{Windows: []acceptance.Window{{
			ID: acceptance.CheckDates, What: "the certificate", NotBefore: Now.AddDate(0, -1, 0), NotAfter: Now.AddDate(1, 0, 0),
		}}},
	}
}

// LocalFact is a local/ that is sealed for a participant's kit.
func LocalFact(name, org string, role kit.Role) facts.LocalFact {
	k := kitFact(name, org, role, "")
	return facts.LocalFact{Immutable: true, Identity: k.Identity(), Terms: acceptance.Terms{Windows: []acceptance.Window{{
		ID: acceptance.CheckLocalSealDates, What: "the seal of local/", NotBefore: Now.AddDate(0, -1, 0), NotAfter: Now.AddDate(1, 0, 0),
	}}}}
}

func localName(participant, digest string) string {
	return "flare-local-" + kit.ObjectName(participant) + "-" + strings.Repeat(digest, 16)
}

// Deployment is what launch writes for a server or a client.
func Deployment(t testing.TB, role string) *appsv1.Deployment {
	t.Helper()
	d := &appsv1.Deployment{}
	load(t, "launch/"+role+".yaml", d)
	return d
}

// LaunchPod is the pod of what launch writes for a server, client or admin, as the API
// server sends it to the mutating webhook.
func LaunchPod(t testing.TB, role string) *corev1.Pod {
	t.Helper()
	var template corev1.PodTemplateSpec
	if role == "admin" {
		o := &batchv1.CronJob{}
		load(t, "launch/admin.yaml", o)
		template = o.Spec.JobTemplate.Spec.Template
	} else {
		template = Deployment(t, role).Spec.Template
	}
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.Name = Namespace, role+"-0"
	return pod
}

// JobPod is a job pod of a server or client as NVFLARE's launcher made it.
func JobPod(t testing.TB, role string) *corev1.Pod {
	t.Helper()
	pod := &corev1.Pod{}
	load(t, "jobs/"+role+".yaml", pod)
	pod.Namespace = Namespace
	return pod
}

// OtherPod is a pod that does not belong to a federation, with three containers, which
// the Pod Security Standard restricted allows.
func OtherPod(t testing.TB) *corev1.Pod {
	t.Helper()
	pod := &corev1.Pod{}
	load(t, "other.yaml", pod)
	pod.Namespace = Namespace
	return pod
}

func load(t testing.TB, name string, into any) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	data, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
