package checks_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

func secret(name string) corev1.VolumeSource {
	return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}}
}

func TestKit(t *testing.T) {
	fact := func(change func(*facts.KitFact)) func(*world) { return func(w *world) { w.changeKit(change) } }
	runCases(t, map[string]testCase{
		"valid":          {"client", func(*world) {}, nil},
		"no kit":         {"client", func(w *world) { w.volume("startup").VolumeSource = secret("plain") }, []string{"kit: the kit is missing"}},
		"not there":      {"client", func(w *world) { delete(w.facts.Kits, policiestest.ClientKit) }, []string{"kit: does not exist or cannot be read"}},
		"not genuine":    {"client", fact(func(k *facts.KitFact) { k.Error = "seal: fed_client.json\nwas changed" }), []string{"kit: seal: fed_client.json was changed"}},
		"another type":   {"client", fact(func(k *facts.KitFact) { k.Type = "Opaque" }), []string{"kit: its type must be kubectl-flare.dev/startup-kit"}},
		"mutable":        {"client", fact(func(k *facts.KitFact) { k.Immutable = false }), []string{"kit: immutable"}},
		"another digest": {"client", fact(func(k *facts.KitFact) { k.Digest = strings.Repeat("0", 64) }), []string{"kit: the name does not match the kit"}},
		"no digest":      {"client", fact(func(k *facts.KitFact) { k.Digest = "" }), []string{"kit: the name does not match the kit"}},
		"not accepted": {"client", fact(func(k *facts.KitFact) {
			k.Failures = failures(acceptance.CheckListed, acceptance.CheckRootPinned, acceptance.CheckClaim)
			k.Error = k.Failures.Err().Error()
		}), []string{"kit: the participant may not run here", "kit: the kit is not genuine", "kit: on a claim that is not for kits"}},
		"revoked": {"client", fact(func(k *facts.KitFact) { k.Terms.Fixed = failures(acceptance.CheckRevoked, acceptance.CheckSerial) }),
			[]string{"kit: the kit is revoked", "kit: the kit is outdated"}},
		"expired":          {"client", fact(func(k *facts.KitFact) { k.Terms.Windows[0].NotAfter = policiestest.Now.AddDate(0, 0, -1) }), []string{"kit: the certificate expired"}},
		"not yet":          {"client", fact(func(k *facts.KitFact) { k.Terms.Windows[0].NotBefore = policiestest.Now.AddDate(0, 0, 1) }), []string{"kit: not yet"}},
		"no terms":         {"client", fact(func(k *facts.KitFact) { k.Terms = acceptance.Terms{} }), []string{"kit: the kit does not say when"}},
		"no clock":         {"client", func(w *world) { w.facts.Now = w.facts.Now.AddDate(-100, 0, 0) }, []string{"kit: not yet", "local: not yet"}},
		"two kits":         {"client", func(w *world) { w.addVolume("x", secret(policiestest.ServerKit)) }, []string{"kit: more than one kit", "volumes: may not have"}},
		"expired, running": {"client", func(w *world) { w.request.Create = false; w.facts.Now = w.facts.Now.AddDate(9, 0, 0) }, nil},
		"revoked, running": {"client", func(w *world) {
			w.request.Create = false
			w.changeKit(func(k *facts.KitFact) { k.Terms.Fixed = failures(acceptance.CheckRevoked) })
		}, nil},
		"not accepted, running": {"client", func(w *world) {
			w.request.Create = false
			w.changeKit(func(k *facts.KitFact) {
				k.Failures = failures(acceptance.CheckSeal)
				k.Error = k.Failures.Err().Error()
			})
		}, []string{"kit: the kit is not genuine"}},
	})
}

// failures are findings of these checks.
func failures(ids ...string) kit.Findings {
	var all kit.Findings
	for _, id := range ids {
		all = append(all, kit.Fail(id, "seal.dsse.json", "do something", "what is wrong"))
	}
	return all
}

func TestNowIsMissing(t *testing.T) {
	w := newWorld(t, "client")
	w.facts.Now = w.facts.Now.AddDate(-9999, 0, 0)
	if len(w.run()) == 0 {
		t.Error("without a time, all kits must be denied")
	}
}

func TestKitMount(t *testing.T) {
	items := func(names ...string) func(*world) {
		return func(w *world) {
			for _, name := range names {
				key, path, found := strings.Cut(name, ">")
				if !found {
					path = key
				}
				w.volume("startup").Secret.Items = append(w.volume("startup").Secret.Items, corev1.KeyToPath{Key: key, Path: path})
			}
		}
	}
	runCases(t, map[string]testCase{
		"writable":       {"client", func(w *world) { w.mount("startup").ReadOnly = false }, []string{"kit-mount: writable"}},
		"elsewhere":      {"client", func(w *world) { w.mount("startup").MountPath = "/tmp" }, []string{"kit-mount: at another path", "mounts: two mounts", "mounts: nothing may be mounted there"}},
		"second mount":   {"client", func(w *world) { w.addMount("startup", "/workspace/again", readOnly) }, []string{"kit-mount: at another path", "mounts: nothing may be mounted there"}},
		"sub-path":       {"client", func(w *world) { w.mount("startup").SubPath = "client.key" }, []string{"kit-mount: at another path"}},
		"not mounted":    {"client", func(w *world) { *w.mount("startup") = *w.mount("local"); w.mount("local").ReadOnly = true }, []string{"kit-mount: not mounted", "mounts: two mounts"}},
		"second volume":  {"client", func(w *world) { w.addVolume("again", secret(policiestest.ClientKit)) }, []string{"kit-mount: a second volume"}},
		"optional":       {"client", func(w *world) { w.volume("startup").Secret.Optional = new(true) }, []string{"kit-mount: optional"}},
		"all items":      {"client", items("fed_client.json", "rootCA.pem", "client.crt", "client.key"), nil},
		"an item less":   {"client", items("fed_client.json", "rootCA.pem", "client.crt"), []string{"kit-mount: not the files of the kit"}},
		"an item twice":  {"client", items("fed_client.json", "rootCA.pem", "client.crt", "client.crt"), []string{"kit-mount: not the files of the kit"}},
		"a renamed item": {"client", items("fed_client.json", "start.sh>rootCA.pem", "client.crt", "client.key"), []string{"kit-mount: not the files of the kit"}},
		"by a sidecar": {"client", func(w *world) {
			c := *w.main().DeepCopy()
			c.Name = "sidecar"
			w.Spec.Containers = append(w.Spec.Containers, c)
		}, []string{"kit-mount: a second mount", "containers: one container", "resources: more than"}},
		"by an init container": {"client", func(w *world) {
			w.Spec.InitContainers = append(w.Spec.InitContainers, *w.main().DeepCopy())
		}, []string{"kit-mount: a second mount", "containers: one container"}},
	})
}

func TestReservedNames(t *testing.T) {
	env := func(ref *corev1.EnvVarSource) func(*world) {
		return func(w *world) { w.main().Env = append(w.main().Env, corev1.EnvVar{Name: "KEY", ValueFrom: ref}) }
	}
	key := &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "client.key", LocalObjectReference: corev1.LocalObjectReference{Name: policiestest.ClientKit}}}
	ref := corev1.LocalObjectReference{Name: policiestest.ClientKit}
	projected := corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{LocalObjectReference: ref}}}}}
	localOf := func(name string) corev1.VolumeSource {
		return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}
	}
	runCases(t, map[string]testCase{
		"kit in env": {"client", env(key), []string{"reserved-names: spec.containers[0].env[5].valueFrom.secretKeyRef.name", "environment: has a value from another object or field"}},
		"kit in envFrom": {"client", func(w *world) {
			w.main().EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: ref}}}
		}, []string{"reserved-names: envFrom[0].secretRef", "environment: variables from another object"}},
		"kit projected": {"client", func(w *world) { w.addVolume("x", projected) }, []string{"reserved-names: projected.sources[0].secret.name", "volumes: may not have"}},
		"kit as pull":   {"client", func(w *world) { w.Spec.ImagePullSecrets[0] = ref }, []string{"reserved-names: imagePullSecrets[0].name", "pull-secrets: not allowed"}},
		"kit for a driver": {"client", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "d", NodePublishSecretRef: &ref}})
		}, []string{"reserved-names: csi.nodePublishSecretRef", "volumes: kind of volume"}},
		"derived copy":    {"client", func(w *world) { w.addVolume("x", secret("nvflare-startup-site2-809cb9ad")) }, []string{"reserved-names: mount the sealed kit", "volumes: may not have"}},
		"tokens of a job": {"client", func(w *world) { w.addVolume("x", secret("nvflare-cred-x")) }, []string{"reserved-names: nvflare-cred-x", "volumes: may not have"}},
		"foreign local": {"client", func(w *world) { w.addVolume("x", localOf("flare-local-server1-"+strings.Repeat("1a", 16))) },
			[]string{"reserved-names: the kit's participant"}},
		"own local, bad name": {"client", func(w *world) { w.volume("local").VolumeSource = localOf("flare-local-site-2-809cb9ad-1234") },
			[]string{"reserved-names: flare-local-", "local: does not exist"}},
		"other pod, kit in env": {"other", func(w *world) { w.main().Env[1].ValueFrom = key }, []string{"reserved-names: a reserved name", "command: does not run a process of nvflare"}},
		"other pod, future kit": {"other", func(w *world) { w.addVolume("x", secret("flare-kit-")) }, []string{"kit: the kit does not exist"}},
		"other pod, local in env": {"other", func(w *world) {
			w.main().Env[1].ValueFrom = &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{Key: "a", LocalObjectReference: corev1.LocalObjectReference{Name: "flare-local-x"}}}
		}, []string{"reserved-names: configMapKeyRef", "kit: the kit is missing"}},
		"other pod, ordinary names": {"other", func(w *world) { w.addVolume("x", secret("flarekit")) }, nil},
	})
}

func TestLocal(t *testing.T) {
	name := "flare-local-site-2-809cb9ad-" + strings.Repeat("2b", 16)
	set := func(fact facts.LocalFact) func(*world) { return func(w *world) { w.facts.Locals[name] = fact } }
	own := policiestest.LocalFact("Site_2", "hospital_b", nvflare.RoleClient)
	listed := func(participant string) facts.LocalFact {
		return facts.LocalFact{Immutable: true, Listed: true, Identity: acceptance.Identity{Participant: participant}, Terms: own.Terms}
	}
	runCases(t, map[string]testCase{
		"unknown":            {"client", func(w *world) { delete(w.facts.Locals, name) }, []string{"local: does not exist"}},
		"changed":            {"client", set(facts.LocalFact{Immutable: true, Error: "privacy.json was changed"}), []string{"local: privacy.json was changed"}},
		"mutable":            {"client", set(facts.LocalFact{}), []string{"local: not immutable"}},
		"of another kit":     {"client", set(policiestest.LocalFact("Site_2", "hospital_a", nvflare.RoleClient)), []string{"local: its org is"}},
		"of another role":    {"client", set(policiestest.LocalFact("Site_2", "hospital_b", nvflare.RoleServer)), []string{"local: its role is"}},
		"listed":             {"client", set(listed("Site_2")), nil},
		"listed for another": {"client", set(listed("server1")), []string{"local: the policy lists it for"}},
		"expired":            {"client", set(facts.LocalFact{Immutable: true, Identity: own.Identity}), []string{"local: does not say when it is valid"}},
		"expired, running": {"client", func(w *world) {
			set(facts.LocalFact{Immutable: true, Identity: own.Identity})(w)
			w.request.Create = false
		}, nil},
		"some files": {"client", func(w *world) { w.volume("local").ConfigMap.Items = []corev1.KeyToPath{{Key: "a", Path: "a"}} }, []string{"local: not all of local/"}},
		"optional":   {"client", func(w *world) { w.volume("local").ConfigMap.Optional = new(true) }, []string{"local: not all of local/"}},
		"writable":   {"client", func(w *world) { w.mount("local").ReadOnly = false }, []string{"mounts: local/ must be mounted whole"}},
		"in a job's pod": {"job", func(w *world) {
			w.addVolume("local", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}})
			w.addMount("local", "/var/tmp/nvflare/workspace/local", readOnly)
		}, []string{"mounts: nothing may be mounted there"}},
	})
}
