package nvflare

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func place(namespace string) workloads.Participant {
	return workloads.Participant{
		Namespace: namespace, Image: "registry.example.org/nvflare:2.9.0",
		StorageSize: resource.MustParse("1Gi"),
	}
}

var notAfter = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func federation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	options = append([]kittest.Option{kittest.WithDates(notAfter.AddDate(-1, 0, 0), notAfter)}, options...)
	return kittest.NewFederation(t, "lab_federation", options...)
}

const inCluster = "server1.fl-server.svc.cluster.local"

func kits(t *testing.T) map[string]*kit.Kit {
	t.Helper()
	f := federation(t, kittest.WithAddress(inCluster, 8002))
	large := f.Client("Site_2", "hospital_b")
	sealed := large.Seal(t, f.Sealer("release"), func(o *kit.SealOptions) { o.Now = notAfter.AddDate(0, -6, 0) }).Read()
	onVolume, err := sealed.On(kit.Volume{ClaimName: "flare-kits", SubPath: sealed.Folder("site-2")})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*kit.Kit{
		"client-on-volume": onVolume,
		"server":           f.Server("server1", "lab", inCluster, "fl.example.org").Read(),
		"client":           f.Client("Site_2", "hospital_b").Read(),
		"admin":            f.Admin("lead@hospital-a.org", "hospital_a", "lead").Read(),
	}
}

// Kits are made anew for every run: what is random in them is named instead.
func stable(text string, k *kit.Kit) string {
	return strings.NewReplacer(
		k.Digest(), "DIGEST", k.LocalDigest(), "LOCAL",
		k.Digest()[:32], "DIGEST32", k.LocalDigest()[:32], "LOCAL32",
	).Replace(text)
}

func TestObjectsGolden(t *testing.T) {
	for role, k := range kits(t) {
		t.Run(role, func(t *testing.T) {
			p := place("fl-server")
			p.ImagePullSecrets = []string{"regcred"}
			p.KitImage = "registry.example.org/flare-kit@sha256:" + strings.Repeat("6d", 32)
			set, err := Objects(p, k)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for _, obj := range set.Objects {
				if cm, ok := obj.(*corev1.ConfigMap); ok {
					cm.Data = map[string]string{"_": "left out of the golden file"}
				}
				if s, ok := obj.(*corev1.Secret); ok {
					for name := range s.Data {
						s.Data[name] = nil
					}
				}
				out, err := yaml.Marshal(workloads.Redact(obj))
				if err != nil {
					t.Fatal(err)
				}
				got.WriteString("---\n")
				got.Write(out)
			}
			for _, note := range set.Notes {
				got.WriteString("# " + note + "\n")
			}
			golden(t, role+".yaml", stable(got.String(), k))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The cluster's own judge of pods must find nothing.
func TestPodsAreRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := psapi.LevelVersion{Level: psapi.LevelRestricted, Version: psapi.LatestVersion()}
	for role, k := range kits(t) {
		t.Run(role, func(t *testing.T) {
			template := podTemplateOf(t, k)
			for _, r := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
				if !r.Allowed {
					t.Errorf("%s: %s", r.ForbiddenReason, r.ForbiddenDetail)
				}
			}
		})
	}
}

func podTemplateOf(t *testing.T, k *kit.Kit) corev1.PodTemplateSpec {
	t.Helper()
	set, err := Objects(place("fl-server"), k)
	if err != nil {
		t.Fatal(err)
	}
	switch last := set.Objects[len(set.Objects)-1].(type) {
	case *appsv1.Deployment:
		return last.Spec.Template
	case *batchv1.CronJob:
		return last.Spec.JobTemplate.Spec.Template
	default:
		t.Fatalf("the last object is a %T", last)
		return corev1.PodTemplateSpec{}
	}
}

// Key material is in the Secret's data and nowhere else.
func TestKeyOnlyInSecret(t *testing.T) {
	for role, k := range kits(t) {
		t.Run(role, func(t *testing.T) {
			set, err := Objects(place("fl-server"), k)
			if err != nil {
				t.Fatal(err)
			}
			for _, obj := range set.Objects {
				text, err := yaml.Marshal(workloads.Redact(obj))
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(text, []byte("PRIVATE KEY")) {
					t.Errorf("%T %s shows a private key", obj, obj.GetName())
				}
			}
		})
	}
}

func TestAKitTooLarge(t *testing.T) {
	f := federation(t, kittest.WithAddress(inCluster, 8002))
	k := f.Client("site-1", "hospital_a").Read()
	k.Startup = append(k.Startup, kit.File{Name: "client_context.tenseal", Data: make([]byte, 1<<20)})
	_, err := Objects(place("x"), k)
	if err == nil || !strings.Contains(err.Error(), "the largest file is startup/client_context.tenseal with 1048576 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestBinaryLocalFile(t *testing.T) {
	k := federation(t).Client("site-1", "hospital_a").Read()
	k.Local = append(k.Local, kit.File{Name: "table.bin", Data: []byte{0xff, 0xfe, 0}})
	set, err := Objects(place("x"), k)
	if err != nil {
		t.Fatal(err)
	}
	cm := set.Objects[2].(*corev1.ConfigMap)
	if _, ok := cm.BinaryData["table.bin"]; !ok || len(cm.Data) == 0 {
		t.Errorf("table.bin belongs to binaryData, the rest to data: %v", cm.BinaryData)
	}
}
