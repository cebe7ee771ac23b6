package policies_test

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

func objectScene(t *testing.T, resource schema.GroupResource, object runtime.Object) *scene {
	t.Helper()
	s := newScene(t, "other")
	s.a.Resource, s.a.Object = resource, object
	return s
}

// workloads are all kinds with a template, with the path of the template.
func workloads(template corev1.PodTemplateSpec) map[string]runtime.Object {
	return map[string]runtime.Object{
		"template":                       &corev1.PodTemplate{Template: template},
		"spec.template (rc)":             &corev1.ReplicationController{Spec: corev1.ReplicationControllerSpec{Template: &template}},
		"spec.template (rs)":             &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Template: template}},
		"spec.template (deploy)":         &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template}},
		"spec.template (sts)":            &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Template: template}},
		"spec.template (ds)":             &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: template}},
		"spec.template (job)":            &batchv1.Job{Spec: batchv1.JobSpec{Template: template}},
		"spec.jobTemplate.spec.template": &batchv1.CronJob{Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}}},
	}
}

// A workload that launch writes is allowed before mutation; messages have the path in the
// workload.
func TestTemplates(t *testing.T) {
	for _, role := range []string{"client", "server"} {
		for name, object := range workloads(policiestest.Deployment(t, role).Spec.Template) {
			t.Run(role+"/"+name, func(t *testing.T) {
				objectScene(t, schema.GroupResource{Group: "any", Resource: "any"}, object).expect(t, "")
			})
		}
	}
	template := policiestest.Deployment(t, "client").Spec.Template
	template.Spec.Containers[0].Image = "evil"
	for name, object := range workloads(template) {
		t.Run("evil/"+name, func(t *testing.T) {
			s := objectScene(t, schema.GroupResource{Group: "any", Resource: "any"}, object)
			path, _, _ := strings.Cut(name, " ")
			s.expect(t, "("+path+".spec.containers[0].image): ")
			s.updated("").expect(t, "") // scaled
			s.a.OldObject = nil
			s.expect(t, "image")
			s.a.Subresource = "scale"
			s.expect(t, "no rules for this request")
		})
	}
}

func TestTemplateOfAJob(t *testing.T) {
	pod := policiestest.JobPod(t, "client")
	s := objectScene(t, schema.GroupResource{Resource: "any"}, &batchv1.Job{Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: pod.Spec}}})
	s.a.User.Username = policiestest.LauncherUser
	s.policy = policiestest.JobPolicy(t)
	s.expect(t, "a job pod in a template")
}

func kitSecret() *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: policiestest.ClientKit}, Type: facts.KitSecretType,
		Immutable: new(true), Data: map[string][]byte{"a": []byte("b")},
	}
}

func TestSecrets(t *testing.T) {
	launcher := func(name string) func(*scene, *corev1.Secret) {
		return func(s *scene, o *corev1.Secret) {
			o.Name, o.Type, s.a.User.Username = name, corev1.SecretTypeOpaque, policiestest.LauncherUser
			s.facts.Launcher = policiestest.JobFacts(policiestest.Policy(t), "client").Launcher
		}
	}
	for name, tc := range map[string]struct {
		change func(*scene, *corev1.Secret)
		want   string
	}{
		"a kit":        {func(*scene, *corev1.Secret) {}, ""},
		"not verified": {func(s *scene, _ *corev1.Secret) { s.facts.Kits = nil }, "cannot be verified"},
		"not genuine":  {func(s *scene, o *corev1.Secret) { s.facts.Kits[o.Name] = &facts.KitFact{Error: "one byte"} }, "not genuine"},
		"Opaque":       {func(_ *scene, o *corev1.Secret) { o.Type = "Opaque" }, "not the type of a kit"},
		"mutable":      {func(_ *scene, o *corev1.Secret) { o.Immutable = nil }, "can be changed"},
		"stringData":   {func(_ *scene, o *corev1.Secret) { o.StringData = map[string]string{"a": "b"} }, "stringData"},
		"another's name": {func(s *scene, o *corev1.Secret) {
			s.facts.Kits[policiestest.ServerKit] = s.facts.Kits[o.Name]
			o.Name = policiestest.ServerKit
		}, "the name does not match the kit"},
		"not of this site": {func(s *scene, o *corev1.Secret) {
			refused := kit.Findings{kit.Fail(acceptance.CheckListed, "", "use another", "not listed")}
			s.facts.Kits[o.Name] = &facts.KitFact{Error: refused.Err().Error(), Failures: refused}
		}, "may not run here"},
		"expired":           {func(s *scene, _ *corev1.Secret) { s.facts.Now = s.facts.Now.AddDate(9, 0, 0) }, "expired"},
		"typed, other name": {func(_ *scene, o *corev1.Secret) { o.Name = "mine" }, "the type of a kit with another name"},
		"derived": {func(s *scene, o *corev1.Secret) {
			launcher("nvflare-startup-site2-809cb9ad")(s, o)
			o.Data = nil
		}, ""},
		"derived, with the key": {launcher("nvflare-startup-site2-809cb9ad"), "a second copy of a kit's private key"},
		"tokens":                {launcher("nvflare-cred-j1-site2-809cb9ad"), ""},
		"derived, by alice":     {func(_ *scene, o *corev1.Secret) { o.Name, o.Type = "nvflare-startup-site2-809cb9ad", "Opaque" }, "a reserved name"},
		"local as a Secret":     {func(_ *scene, o *corev1.Secret) { o.Name, o.Type = "flare-local-x", "Opaque" }, "a reserved name"},
		"an ordinary one":       {func(_ *scene, o *corev1.Secret) { o.Name, o.Type = "mine", "Opaque" }, ""},
		"labelled": {func(s *scene, o *corev1.Secret) {
			s.updated("")
			o.Labels = map[string]string{"a": "b"}
			s.facts.Kits = nil
		}, ""},
		"data changed": {func(s *scene, o *corev1.Secret) { s.updated(""); o.Data = map[string][]byte{}; s.facts.Kits = nil }, "cannot be verified"},
		"type of old": {func(s *scene, o *corev1.Secret) {
			s.updated("")
			s.a.OldObject.(*corev1.Secret).Name = "mine"
			o.Name, o.Type, o.Data = "mine", "Opaque", nil
		}, "the type of a kit with another name"},
		"nothing": {func(s *scene, _ *corev1.Secret) { s.a.Object = nil }, "no rules for this request"},
	} {
		t.Run(name, func(t *testing.T) {
			o := kitSecret()
			s := objectScene(t, schema.GroupResource{Resource: "secrets"}, o)
			tc.change(s, o)
			s.expect(t, tc.want)
		})
	}
}

func TestConfigMaps(t *testing.T) {
	good := func() *corev1.ConfigMap {
		m := &corev1.ConfigMap{Immutable: new(true), Data: map[string]string{"resources.json": "{}"}, BinaryData: map[string][]byte{"a.bin": {255}}}
		m.Name = "flare-local-site-2-809cb9ad-" + checks.LocalDigest(m)[:32]
		return m
	}
	for name, tc := range map[string]struct {
		change func(*scene, *corev1.ConfigMap)
		want   string
	}{
		"local":           {func(*scene, *corev1.ConfigMap) {}, ""},
		"not looked at":   {func(s *scene, m *corev1.ConfigMap) { delete(s.facts.Locals, m.Name) }, "local/ cannot be verified"},
		"one byte":        {func(_ *scene, m *corev1.ConfigMap) { m.Data["resources.json"] = "{ }" }, "the content does not match the name"},
		"mutable":         {func(_ *scene, m *corev1.ConfigMap) { m.Immutable = new(false) }, "can be changed"},
		"of no one":       {func(_ *scene, m *corev1.ConfigMap) { m.Name = "flare-local-x-" + strings.Repeat("0", 32) }, "not the local/ of a participant"},
		"as a kit":        {func(_ *scene, m *corev1.ConfigMap) { m.Name = "flare-kit-x" }, "a reserved name"},
		"an ordinary one": {func(_ *scene, m *corev1.ConfigMap) { m.Name = "mine" }, ""},
		"labelled": {func(s *scene, m *corev1.ConfigMap) {
			m.Data = nil
			s.updated("")
			m.Labels = map[string]string{"a": "b"}
		}, ""},
		"changed": {func(s *scene, m *corev1.ConfigMap) { s.updated(""); m.Data = nil }, "the content does not match the name"},
		"nothing": {func(s *scene, _ *corev1.ConfigMap) { s.a.Object = nil }, "no rules for this request"},
	} {
		t.Run(name, func(t *testing.T) {
			m := good()
			s := objectScene(t, schema.GroupResource{Resource: "configmaps"}, m)
			s.facts.Locals[m.Name] = policiestest.LocalFact("Site_2", "hospital_b", nvflare.RoleClient)
			tc.change(s, m)
			s.expect(t, tc.want)
		})
	}
}

func TestExtractOfOthers(t *testing.T) {
	for _, object := range []runtime.Object{nil, &corev1.Pod{}, &corev1.ReplicationController{}} {
		if _, _, ok := policies.Extract(object); ok {
			t.Errorf("%T has a template", object)
		}
	}
}
