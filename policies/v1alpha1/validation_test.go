package v1alpha1_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

type spec = v1alpha1.SitePolicySpec

func TestValidateParticipantsAndKits(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	containing(t, map[string]row{
		"valid":                     {func(*spec) {}, nil},
		"unknown enforcement":       {func(s *spec) { s.Enforcement = "enforce" }, []string{"spec.enforcement: Unsupported value"}},
		"unknown other pods":        {func(s *spec) { s.OtherPods = "Allow" }, []string{"spec.otherPods: Unsupported value"}},
		"no names":                  {func(s *spec) { s.Participants, s.Kits.MinimumSerial, s.Launchers = nil, nil, nil }, []string{"spec.participants: Required"}},
		"a participant twice":       {func(s *spec) { s.Participants = append(s.Participants, "Site_2") }, []string{"spec.participants[3]: Duplicate"}},
		"an odd participant":        {func(s *spec) { s.Participants[0], s.Launchers = " x", nil }, []string{"spec.participants[0]: Invalid"}},
		"neither roots nor sealers": {func(s *spec) { s.Kits.TrustRoots, s.Kits.Sealers = nil, nil }, []string{"spec.kits.trustRoots: Required"}},
		"sealers alone":             {func(s *spec) { s.Kits.TrustRoots = nil }, nil},
		"upper-case fingerprint":    {func(s *spec) { s.Kits.TrustRoots[0].SHA256 = strings.Repeat("5F", 32) }, []string{"spec.kits.trustRoots[0].sha256: Invalid"}},
		"short fingerprint":         {func(s *spec) { s.Kits.TrustRoots[0].SHA256 = "5f" }, []string{"trustRoots[0].sha256: Invalid"}},
		"a root twice": {func(s *spec) { s.Kits.TrustRoots = append(s.Kits.TrustRoots, s.Kits.TrustRoots[0]) },
			[]string{"trustRoots[1].name: Duplicate", "trustRoots[1].sha256: Duplicate"}},
		"nameless root": {func(s *spec) { s.Kits.TrustRoots[0].Name = "" }, []string{"trustRoots[0].name: Required"}},
		"no PEM":        {func(s *spec) { s.Kits.Sealers[0].PublicKey = "key" }, []string{"sealers[0].publicKey: Invalid"}},
		"a private key": {func(s *spec) {
			s.Kits.Sealers[0].PublicKey = "-----BEGIN PRIVATE KEY-----\n\n-----END PRIVATE KEY-----\n"
		}, []string{"is not PEM with one PUBLIC KEY"}},
		"a broken key": {func(s *spec) {
			s.Kits.Sealers[0].PublicKey = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
		}, []string{"cannot be parsed"}},
		"two keys":          {func(s *spec) { s.Kits.Sealers[0].PublicKey += s.Kits.Sealers[0].PublicKey }, []string{"is not PEM with one PUBLIC KEY"}},
		"a sealer twice":    {func(s *spec) { s.Kits.Sealers = append(s.Kits.Sealers, s.Kits.Sealers[0]) }, []string{"sealers[1].name: Duplicate"}},
		"unknown signature": {func(s *spec) { s.Kits.Signature = "None" }, []string{"spec.kits.signature: Unsupported"}},
		"unknown serial":    {func(s *spec) { s.Kits.MinimumSerial = map[string]int64{"x": 1} }, []string{"minimumSerial[x]: Invalid"}},
		"negative serial":   {func(s *spec) { s.Kits.MinimumSerial["Site_2"] = -1 }, []string{"must be 0 or more"}},
		"odd revocations": {func(s *spec) {
			s.Kits.Revoked = v1alpha1.Revoked{CertificateSerials: []string{"0A:B"}, Keys: []string{"x"}, Kits: []string{""}}
		}, []string{"certificateSerials[0]", "keys[0]", "kits[0]"}},
		"valid revocations": {func(s *spec) {
			s.Kits.Revoked = v1alpha1.Revoked{CertificateSerials: []string{"1f"}, Keys: []string{zeros}, Kits: []string{zeros}}
		}, nil},
	})
}

func TestValidatePods(t *testing.T) {
	containing(t, map[string]row{
		"no images":             {func(s *spec) { s.Images.Allowed = nil }, []string{"spec.images.allowed: Required"}},
		"no digest":             {func(s *spec) { s.Images.Allowed[0].Digest = "" }, []string{"allowed[0].digest: Invalid"}},
		"a tag as repository":   {func(s *spec) { s.Images.Allowed[0].Repository += ":1" }, []string{"allowed[0].repository: Invalid"}},
		"an odd tag":            {func(s *spec) { s.Images.Allowed[0].Tag = "a b" }, []string{"allowed[0].tag: Invalid"}},
		"a tag twice":           {func(s *spec) { s.Images.Allowed = append(s.Images.Allowed, s.Images.Allowed[0]) }, []string{"allowed[2].tag: Duplicate"}},
		"an odd pull secret":    {func(s *spec) { s.Images.PullSecrets = []string{"A"} }, []string{"pullSecrets[0]: Invalid"}},
		"relative workspace":    {func(s *spec) { s.Workspace.MountPath = "workspace" }, []string{"spec.workspace.mountPath: Invalid"}},
		"workspace over python": {func(s *spec) { s.Workspace.MountPath = "/usr/local/lib" }, []string{"must not hide /usr"}},
		"shared workspace":      {func(s *spec) { s.Workspace.ClaimName = "all" }, []string{"would share one folder"}},
		"shared, by folder":     {func(s *spec) { s.Workspace.ClaimName, s.Workspace.SubPath = "all", "{participant}" }, nil},
		"sub-path up":           {func(s *spec) { s.Workspace.SubPath = "../x" }, []string{"spec.workspace.subPath: Invalid"}},
		"relative data":         {func(s *spec) { s.Data[0].MountPath = "data/ct" }, []string{"spec.data[0].mountPath: Invalid"}},
		"unclean data":          {func(s *spec) { s.Data[0].MountPath = "/data//ct/" }, []string{"spec.data[0].mountPath: Invalid"}},
		"data over all":         {func(s *spec) { s.Data[0].MountPath = "/" }, []string{"must not hide"}},
		"data in the workspace": {func(s *spec) { s.Data[0].MountPath = "/workspace/startup" }, []string{"the mountPath of the workspace"}},
		"data without roles":    {func(s *spec) { s.Data[0].Roles = nil }, []string{"spec.data[0].roles: Required"}},
		"data for an odd role":  {func(s *spec) { s.Data[0].Roles = []v1alpha1.Role{"Root_1"} }, []string{"spec.data[0].roles[0]: Invalid"}},
		"data twice":            {func(s *spec) { s.Data = append(s.Data, s.Data[0]) }, []string{"data[1].claimName: Duplicate", "data[1].volumeName: Duplicate", "data[1].mountPath: Invalid"}},
		"the workspace as data": {func(s *spec) {
			s.Participants, s.Launchers = s.Participants[1:2], nil
			s.Workspace.ClaimName = "ct-scans"
		}, []string{"must not be the claim of spec.workspace"}},
		"studies": {func(s *spec) {
			s.Data[0].Studies, s.Data[0].Roles = []string{"cancer", "cancer", "A/b"}, []v1alpha1.Role{"client"}
		}, []string{"spec.data[0].studies[1]: Duplicate", "spec.data[0].studies[2]: Invalid", "spec.data[0].studies: Invalid"}},
		"scopes":      {func(s *spec) { s.Privacy.Scopes = &v1alpha1.PrivacyScopes{} }, []string{"spec.privacy.scopes.allowed: Required"}},
		"custom code": {func(s *spec) { s.Privacy.CustomCode = "Never" }, []string{"spec.privacy.customCode: Unsupported"}},
		"an odd server": {func(s *spec) {
			s.Privacy.Egress = &v1alpha1.EgressRule{Servers: []v1alpha1.EgressServer{{}, {Host: "a_b"}, {Namespace: "a.b"}, {Host: "fl", Ports: []int32{0}}, {Host: "fl.example.org.", Namespace: "fl"}}}
		}, []string{"egress.servers[0]: Required", "servers[1].host: Invalid", "servers[2].namespace: Invalid", "servers[3].ports[0]: Invalid"}},
		"odd addresses": {func(s *spec) {
			s.Privacy.Egress = &v1alpha1.EgressRule{CIDRs: []string{"10.0.0.1", "10.0.0.1/8", "10.0.0.0/8", "10.0.0.0/8", "2001:db8::/64"}, DNS: true}
		}, []string{"cidrs[0]: Invalid", "cidrs[1]: Invalid", "cidrs[3]: Duplicate"}},
		"access without a role": {func(s *spec) { s.Privacy.InteractiveAccess.PodRoles = []v1alpha1.Role{""} }, []string{"podRoles[0]: Invalid"}},
		"odd launcher":          {func(s *spec) { s.Launchers[0].ServiceAccountName = "Site_2" }, []string{"spec.launchers[0].serviceAccountName: Invalid"}},
		"unknown level":         {func(s *spec) { s.PodSecurity.Level = "strict" }, []string{"spec.podSecurity.level: Unsupported"}},
		"unknown version":       {func(s *spec) { s.PodSecurity.Version = "1.30" }, []string{"spec.podSecurity.version: Invalid"}},
		"root":                  {func(s *spec) { s.PodSecurity.RunAsUser = new(int64(0)) }, []string{"spec.podSecurity.runAsUser: Invalid"}},
		"negative amount":       {func(s *spec) { s.Resources.Max["cpu"] = resource.MustParse("-1") }, []string{"spec.resources.max[cpu]: Invalid"}},
		"odd resource":          {func(s *spec) { s.Resources.Max["a b"] = resource.MustParse("1") }, []string{"spec.resources.max[a b]: Invalid"}},
	})
}

// containing requires as many errors as a row has texts, which they contain in any order.
func containing(t *testing.T, rows map[string]row) {
	t.Helper()
	for name, tc := range rows {
		t.Run(name, func(t *testing.T) {
			policy := policiestest.Policy(t)
			tc.change(&policy.Spec)
			errs := v1alpha1.Validate(policy)
			for _, want := range tc.want {
				if !strings.Contains(errs.ToAggregate().Error(), want) {
					t.Errorf("no %q in %v", want, errs)
				}
			}
			if len(errs) != len(tc.want) {
				t.Errorf("%d errors, want %d: %v", len(errs), len(tc.want), errs)
			}
		})
	}
}

func TestValidateNames(t *testing.T) {
	for name, good := range map[string]bool{"hospital-a": true, "": false, "Hospital": false, strings.Repeat("a", 64): false} {
		policy := policiestest.Policy(t)
		policy.Name = name
		if errs := v1alpha1.Validate(policy); (len(errs) == 0) != good {
			t.Errorf("%q: %v", name, errs)
		}
	}
}

// Validate reports every required field that an empty policy lacks, and does not
// change the policy.
func TestValidateNothing(t *testing.T) {
	policy := &v1alpha1.SitePolicy{}
	errs := v1alpha1.Validate(policy)
	for _, want := range []string{"metadata.name", "spec.participants", "spec.kits.trustRoots", "spec.images.allowed"} {
		if !strings.Contains(errs.ToAggregate().Error(), want+": Required") {
			t.Errorf("%s is not required: %v", want, errs)
		}
	}
	if diff := cmp.Diff(&v1alpha1.SitePolicy{}, policy); diff != "" {
		t.Error(diff)
	}
}

func TestScheme(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if !scheme.Recognizes(v1alpha1.GroupVersion().WithKind(v1alpha1.Kind)) {
		t.Error("SitePolicy is not known")
	}
}

// SetDefaults must do what the API server does with the CRD.
func TestDefaultsMatchTheCRD(t *testing.T) {
	data, err := os.ReadFile("../../manifests/crd/kubectl-flare.dev_sitepolicies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema struct {
						Properties map[string]schema `json:"properties"`
					} `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(data, &crd); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"kits": map[string]any{}, "data": []any{map[string]any{}}}
	apply(crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"], want)

	p := &v1alpha1.SitePolicy{Spec: spec{Data: []v1alpha1.DataRule{{}}}}
	v1alpha1.SetDefaults(p)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	q := &v1alpha1.SitePolicy{}
	if err := json.Unmarshal(text, &q.Spec); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q.Spec, p.Spec); diff != "" {
		t.Errorf("-CRD +SetDefaults:\n%s", diff)
	}
}

// schema is as much of a structural schema as defaulting needs.
type schema struct {
	Default    any               `json:"default"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

func apply(s schema, value map[string]any) {
	for name, property := range s.Properties {
		if _, ok := value[name]; !ok && property.Default != nil {
			value[name] = property.Default
		}
		switch v := value[name].(type) {
		case map[string]any:
			apply(property, v)
		case []any:
			for _, item := range v {
				apply(*property.Items, item.(map[string]any))
			}
		}
	}
}
