package checks_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func emptyDir() corev1.VolumeSource {
	return corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
}

func TestVolumes(t *testing.T) {
	add := func(source corev1.VolumeSource) func(*world) { return func(w *world) { w.addVolume("x", source) } }
	copied := func(change func(*corev1.PersistentVolumeClaimSpec)) corev1.VolumeSource {
		spec := corev1.PersistentVolumeClaimSpec{}
		change(&spec)
		return corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: spec}}}
	}
	copies := copied(func(s *corev1.PersistentVolumeClaimSpec) {
		s.DataSource = &corev1.TypedLocalObjectReference{Kind: "PersistentVolumeClaim", Name: "ct-scans"}
	})
	copiesRef := copied(func(s *corev1.PersistentVolumeClaimSpec) {
		s.DataSourceRef = &corev1.TypedObjectReference{Kind: "VolumeSnapshot"}
	})
	hostPath := corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}
	runCases(t, map[string]testCase{
		"hostPath":              {"client", add(hostPath), []string{"volumes: kind of volume", "pod-security: hostPath"}},
		"hostPath, other":       {"other", add(hostPath), []string{"volumes: kind of volume", "pod-security: hostPath"}},
		"hostPath, privileged":  {"other", func(w *world) { w.policy.Spec.PodSecurity.Level = "privileged"; add(hostPath)(w) }, []string{"volumes: kind of volume"}},
		"an unknown kind":       {"other", add(corev1.VolumeSource{}), []string{"volumes: kind of volume", "pod-security: unknown"}},
		"nfs":                   {"other", add(corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{}}), []string{"volumes: kind of volume", "pod-security: nfs"}},
		"an image":              {"client", add(corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "x"}}), []string{"volumes: may not have"}},
		"other: an image":       {"other", add(corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "x"}}), nil},
		"a copy of a claim":     {"other", add(copies), []string{"volumes: a copy of a volume"}},
		"a copy by reference":   {"other", add(copiesRef), []string{"volumes: a copy of a volume"}},
		"a fresh claim":         {"other", add(copied(func(*corev1.PersistentVolumeClaimSpec) {})), nil},
		"a fresh claim, client": {"client", add(copied(func(*corev1.PersistentVolumeClaimSpec) {})), []string{"volumes: may not have"}},
		"another secret":        {"client", add(secret("mine")), []string{"volumes: may not have"}},
		"another configmap":     {"client", add(corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}), []string{"volumes: may not have"}},
		"another claim":         {"client", add(claim("mine")), []string{"volumes: may not have"}},
		"another's workspace":   {"client", add(claim("server1-workspace")), []string{"volumes: may not have"}},
		"downward API":          {"client", add(corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{}}), []string{"volumes: may not have"}},
		"other: data":           {"other", add(claim("ct-scans")), []string{"other-pods: contains data"}},
		"other: a workspace":    {"other", add(claim("site-2-809cb9ad-workspace")), []string{"other-pods: contains a workspace"}},
		"other: a claim":        {"other", add(claim("mine")), nil},
		"other: not wanted":     {"other", func(w *world) { w.policy.Spec.OtherPods = v1alpha1.OtherPodsDeny }, []string{"other-pods: not a participant's pod"}},
	})
}

func TestMounts(t *testing.T) {
	scratch := func(path string, change ...func(*corev1.VolumeMount)) func(*world) {
		return func(w *world) { w.addVolume("x", emptyDir()); w.addMount("x", path, change...) }
	}
	both := corev1.MountPropagationBidirectional
	runCases(t, map[string]testCase{
		"shared memory":       {"client", scratch("/dev/shm"), nil},
		"over python":         {"client", scratch("/usr/local/lib/python3.14/site-packages"), []string{"mounts: nothing may be mounted there"}},
		"over nvflare":        {"client", scratch("/opt/nvflare"), []string{"mounts: nothing may be mounted there"}},
		"over the kit":        {"client", scratch("/workspace/startup"), []string{"mounts: two mounts at one path"}},
		"in the kit":          {"client", scratch("/workspace/startup/fed_client.json"), []string{"mounts: nothing may be mounted there"}},
		"over local/custom":   {"client", scratch("/workspace/local/custom"), []string{"mounts: nothing may be mounted there"}},
		"a slash more":        {"client", scratch("/workspace/startup/"), []string{"mounts: not clean"}},
		"two slashes":         {"client", scratch("//workspace/startup"), []string{"mounts: not clean"}},
		"up and down":         {"client", scratch("/workspace/x/../startup"), []string{"mounts: not clean"}},
		"relative":            {"client", scratch("workspace"), []string{"mounts: not clean"}},
		"from the env":        {"client", scratch("/dev/shm", func(m *corev1.VolumeMount) { m.SubPathExpr = "$(HOME)" }), []string{"mounts: subPathExpr is not allowed"}},
		"passed on":           {"client", scratch("/dev/shm", func(m *corev1.VolumeMount) { m.MountPropagation = &both }), []string{"mounts: mount propagation is not allowed"}},
		"no such volume":      {"client", func(w *world) { w.addMount("nope", "/dev/shm") }, []string{"mounts: no such volume"}},
		"jobs of the server":  {"server", func(w *world) { w.mount("tmp").MountPath = "/tmp" }, nil},
		"jobs of a client":    {"client", func(w *world) { w.addMount("workspace", "/tmp/nvflare", subPath("nvflare")) }, []string{"mounts: nothing may be mounted there"}},
		"claim at tmp":        {"client", func(w *world) { w.mount("tmp").Name = "workspace" }, []string{"mounts: nothing may be mounted there"}},
		"sub-path up":         {"client", func(w *world) { w.mount("workspace").SubPath = "../x" }, []string{"mounts: subPath is not clean", "workspace: another folder"}},
		"a job on the claim":  {"job", func(w *world) { w.volume("workspace-job").VolumeSource = claim("site-2-809cb9ad-workspace") }, []string{"mounts: nothing may be mounted there"}},
		"an emptyDir instead": {"client", func(w *world) { w.volume("workspace").VolumeSource = emptyDir() }, nil},
	})
}

func TestWorkspace(t *testing.T) {
	shared := func(path string) func(*world) {
		return func(w *world) {
			w.policy.Spec.Workspace.ClaimName, w.policy.Spec.Workspace.SubPath = "all", "sites/{participant}"
			w.volume("workspace").VolumeSource = claim("all")
			w.mount("workspace").SubPath = path
		}
	}
	runCases(t, map[string]testCase{
		"its own folder":   {"client", shared("sites/site-2-809cb9ad"), nil},
		"below it":         {"client", shared("sites/site-2-809cb9ad/x"), []string{"workspace: another folder"}},
		"above it":         {"client", shared("sites"), []string{"workspace: another folder"}},
		"the whole claim":  {"client", shared(""), []string{"workspace: another folder"}},
		"a neighbour's":    {"client", shared("sites/site-2-809cb9ad2"), []string{"workspace: another folder"}},
		"a job's folder":   {"client", func(w *world) { w.mount("workspace").SubPath = "7fa61fd5-26be-4769-9e29-8a45f7d1478f/app_Site_2" }, []string{"workspace: another folder"}},
		"a server's store": {"server", func(*world) {}, nil},
		"another store":    {"server", func(w *world) { w.Spec.Containers[0].VolumeMounts[4].SubPath = "" }, []string{"workspace: another folder"}},
	})
}

func TestStudies(t *testing.T) {
	at := func(path string, change ...func(*world)) func(*world) {
		return func(w *world) {
			w.policy.Spec.Data[0].Studies = []string{"cancer", "lung"}
			w.addVolume("ct", claim("ct-scans"))
			w.addMount("ct", path, readOnly)
			for name, local := range w.facts.Locals {
				local.Readings = []acceptance.Reading{{
					Of:       requirements.Kind{Framework: "nvflare", Role: local.Identity.Role},
					Datasets: []settings.Dataset{{Study: "cancer", Name: "ct", Source: "ct-scans", ReadOnly: true}, {Study: "lung", Name: "mri", Source: "mri"}},
				}}
				w.facts.Locals[name] = local
			}
			for _, f := range change {
				f(w)
			}
		}
	}
	runCases(t, map[string]testCase{
		"a job of the study":        {"job", at("/data/cancer/ct"), nil},
		"a job of another study":    {"job", at("/data/heart/ct"), []string{"data: the job is of the study \"heart\""}},
		"another dataset":           {"job", at("/data/cancer/mri"), []string{`data: claim "ct-scans" is not the dataset "mri" of the study "cancer"`}},
		"another claim's dataset":   {"job", at("/data/lung/mri"), []string{`data: claim "ct-scans" is not the dataset "mri" of the study "lung"`}},
		"the path of other pods":    {"job", at("/data/ct"), []string{`data: claim "ct-scans" at "/data/ct"`}},
		"below the path":            {"job", at("/data/cancer/ct/x"), []string{"data: the data is mounted at another path"}},
		"above the path":            {"job", at("/data/cancer"), []string{"data: the data is mounted at another path"}},
		"in upper case":             {"job", at("/data/Cancer/ct"), []string{"data: the data is mounted at another path"}},
		"a parent without studies":  {"job", at("/data/cancer/ct", func(w *world) { clear(w.facts.Locals) }), []string{"data: is not the dataset", "local: does not exist"}},
		"an update by kubelet":      {"job", at("/data/cancer/ct", func(w *world) { w.request.Create, w.facts.Launcher = false, nil }), nil},
		"data without studies":      {"job", at("/data/ct", func(w *world) { w.policy.Spec.Data[0].Studies = nil }), nil},
		"the parent itself":         {"client", at("/data/ct"), nil},
		"the parent, as a job":      {"client", at("/data/cancer/ct"), []string{"data: the data is mounted at another path"}},
		"writable, by the parent's": {"job", at("/data/cancer/ct", func(w *world) { w.mount("ct").ReadOnly = false; w.policy.Spec.Data[0].ReadOnly = new(false) }), []string{"data: is not the dataset"}},
		"data of two studies": {"job", at("/data/cancer/ct", func(w *world) {
			w.policy.Spec.Data = append(w.policy.Spec.Data, v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/lung/mri", Roles: []v1alpha1.Role{"job"}})
			w.facts.Claims["mri"] = facts.ClaimFact{VolumeName: "pv-18"}
			w.addVolume("mri", claim("mri"))
			w.addMount("mri", "/data/lung/mri", readOnly)
		}), []string{`data: the job mounts data of the study "cancer" and of the study "lung"`}},
	})
}

func TestData(t *testing.T) {
	with := func(change ...func(*world)) func(*world) {
		return func(w *world) {
			w.addVolume("ct", claim("ct-scans"))
			w.addMount("ct", "/data/ct", readOnly)
			for _, f := range change {
				f(w)
			}
		}
	}
	runCases(t, map[string]testCase{
		"as listed":      {"client", with(), nil},
		"by a job":       {"job", with(), nil},
		"by a server":    {"server", with(), []string{"data: a pod of the role server"}},
		"by an admin":    {"admin", with(), []string{"data: a pod of the role admin"}},
		"writable":       {"client", with(func(w *world) { w.mount("ct").ReadOnly = false }), []string{"data: the data is writable"}},
		"writable, may":  {"client", with(func(w *world) { w.mount("ct").ReadOnly = false; w.policy.Spec.Data[0].ReadOnly = new(false) }), nil},
		"elsewhere":      {"client", with(func(w *world) { w.mount("ct").MountPath = "/data" }), []string{"data: mounted at another path"}},
		"twice":          {"client", with(func(w *world) { w.addVolume("again", claim("ct-scans")); w.addMount("again", "/data/ct2") }), []string{"data: the same claim twice"}},
		"a folder of it": {"client", with(func(w *world) { w.mount("ct").SubPath = "2024" }), nil},
		"another volume": {"client", with(func(w *world) { w.facts.Claims["ct-scans"] = facts.ClaimFact{VolumeName: "pv-18"} }), []string{`data: bound to "pv-18"`}},
		"not bound":      {"client", with(func(w *world) { w.facts.Claims["ct-scans"] = facts.ClaimFact{} }), []string{"data: not bound"}},
		"not found":      {"client", with(func(w *world) { w.facts.Claims = nil }), []string{"data: cannot be looked up", "claims: cannot be looked up"}},
		"look-up failed": {"client", with(func(w *world) { w.facts.Claims["ct-scans"] = facts.ClaimFact{VolumeName: "pv-17", Error: "timeout"} }), []string{"data: timeout"}},
		"not pinned":     {"client", with(func(w *world) { w.policy.Spec.Data[0].VolumeName = "" }), nil},
	})
}

func TestClaimsOfPods(t *testing.T) {
	bound := func(name string, fact facts.ClaimFact) func(*world) {
		return func(w *world) { w.addVolume("x", claim(name)); w.facts.Claims[name] = fact }
	}
	runCases(t, map[string]testCase{
		"another volume":     {"other", bound("mine", facts.ClaimFact{VolumeName: "pv-18"}), nil},
		"not bound yet":      {"other", bound("mine", facts.ClaimFact{}), nil},
		"does not exist yet": {"other", bound("mine", facts.ClaimFact{Error: "does not exist", Absent: true}), nil},
		"the data":           {"other", bound("mine", facts.ClaimFact{VolumeName: "pv-17"}), []string{`claims: claim "mine" is bound to "pv-17", which is for claim "ct-scans"`}},
		"look-up failed":     {"other", bound("mine", facts.ClaimFact{Error: "timeout"}), []string{"claims: timeout"}},
		"an ephemeral volume on the data": {"other", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{}}})
			w.facts.Claims["notebook-x"] = facts.ClaimFact{VolumeName: "pv-17"}
		}, []string{`claims: spec.volumes[2].ephemeral: another claim on the volume with the site's data`}},
		"an ephemeral volume on another": {"other", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{}}})
			w.facts.Claims["notebook-x"] = facts.ClaimFact{VolumeName: "pv-18"}
		}, nil},
		"no fact":             {"other", func(w *world) { w.addVolume("x", claim("mine")); w.facts.Claims = nil }, []string{"claims: cannot be looked up"}},
		"data in a workspace": {"client", bound("site-2-809cb9ad-workspace", facts.ClaimFact{VolumeName: "pv-17"}), []string{"claims: another claim on the volume"}},
	})
}

func TestSecurity(t *testing.T) {
	limit := func(name corev1.ResourceName, amount string) func(*world) {
		return func(w *world) { w.main().Resources.Limits[name] = resource.MustParse(amount) }
	}
	runCases(t, map[string]testCase{
		"host network": {"other", func(w *world) { w.Spec.HostNetwork = true }, []string{"host: hostNetwork", "pod-security: host namespaces"}},
		"host, at any level": {"other", func(w *world) {
			w.policy.Spec.PodSecurity.Level = "privileged"
			w.Spec.HostPID, w.Spec.HostIPC = true, true
		}, []string{"host: hostPID"}},
		"privileged": {"client", func(w *world) {
			w.policy.Spec.PodSecurity.Level = "privileged"
			w.main().SecurityContext.Privileged = new(true)
		}, []string{"host: privileged"}},
		"root":             {"other", func(w *world) { w.Spec.SecurityContext.RunAsUser = new(int64(0)) }, []string{"pod-security: runAsUser=0"}},
		"an older version": {"other", func(w *world) { w.policy.Spec.PodSecurity.Version = "v1.28" }, nil},
		"another user":     {"client", func(w *world) { w.main().SecurityContext.RunAsUser = new(int64(1)) }, []string{"user: it must be 65532"}},
		"no user":          {"client", func(w *world) { w.Spec.SecurityContext.RunAsUser = nil }, []string{"user: runAsUser"}},
		"another group":    {"client", func(w *world) { w.Spec.SecurityContext.FSGroup = new(int64(1)) }, []string{"user: fsGroup"}},
		"any user": {"client", func(w *world) {
			w.policy.Spec.PodSecurity.RunAsUser = nil
			w.Spec.SecurityContext.RunAsUser = new(int64(7))
		}, nil},
		"too much memory":     {"client", limit("memory", "65Gi"), []string{"resources: limits.memory is 65Gi"}},
		"too many cards":      {"client", limit("nvidia.com/gpu", "3"), []string{"resources: nvidia.com/gpu is 3"}},
		"cards":               {"client", limit("nvidia.com/gpu", "2"), nil},
		"another card":        {"client", limit("nvidia.com/mig-1g.5gb", "1"), []string{"resources: does not list"}},
		"huge pages":          {"client", limit("hugepages-2Mi", "1Gi"), []string{"resources: does not list"}},
		"disk is not bounded": {"client", limit("ephemeral-storage", "1Ti"), nil},
		"disk is":             {"client", func(w *world) { w.policy.Spec.Resources.Max["ephemeral-storage"] = resource.MustParse("1Gi") }, []string{"resources: set a limit for ephemeral-storage"}},
		"no limit":            {"client", func(w *world) { delete(w.main().Resources.Limits, "cpu") }, []string{"resources: set a limit for cpu"}},
		"requests count":      {"client", func(w *world) { w.main().Resources.Requests["cpu"] = resource.MustParse("17") }, []string{"resources: limits.cpu is 17"}},
		"the pod's limit": {"client", func(w *world) {
			delete(w.main().Resources.Limits, "cpu")
			w.Spec.Resources = &corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("17")}}
		}, []string{"resources: limits.cpu is 17"}},
		"no rule": {"client", func(w *world) { w.policy.Spec.Resources.Max = nil; w.main().Resources = corev1.ResourceRequirements{} }, nil},
		"by an init container": {"client", func(w *world) {
			c := corev1.Container{Name: "init", Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("99"), "memory": resource.MustParse("1Gi")}}}
			w.Spec.InitContainers = []corev1.Container{c}
		}, []string{"resources: limits.cpu is 99", "containers: one container", "images: not an image", "pod-security: restricted"}},
		"others are free": {"other", func(w *world) { w.main().Resources.Limits = corev1.ResourceList{"memory": resource.MustParse("1Ti")} }, nil},
	})
}
