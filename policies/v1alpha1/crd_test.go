package v1alpha1_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	openapi "k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	openapivalidate "k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// crdSchema is the CRD's schema of a SitePolicy.
func crdSchema(t *testing.T) *openapi.Schema {
	t.Helper()
	data, err := os.ReadFile("../../manifests/crd/kubectl-flare.dev_sitepolicies.yaml")
	require.NoError(t, err)
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema *openapi.Schema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	require.NoError(t, yaml.Unmarshal(data, &crd))
	require.Len(t, crd.Spec.Versions, 1)
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// rejected says whether the CRD's schema rejects a policy.
func rejected(t *testing.T, schema *openapi.Schema, policy *v1alpha1.SitePolicy) bool {
	t.Helper()
	data, err := json.Marshal(policy)
	require.NoError(t, err)
	var object any
	require.NoError(t, json.Unmarshal(data, &object))
	return !openapivalidate.NewSchemaValidator(schema, nil, "", strfmt.Default).Validate(object).IsValid()
}

// Validate rejects what the API server rejects, so that policies from files follow
// the same rules. Each change breaks one rule of the schema.
func TestValidateIsNoWeakerThanTheCRD(t *testing.T) {
	schema := crdSchema(t)
	require.False(t, rejected(t, schema, policiestest.Policy(t)))
	upper := strings.Repeat("A", 64)
	for name, change := range map[string]func(*v1alpha1.SitePolicySpec){
		"enforcement":      func(s *v1alpha1.SitePolicySpec) { s.Enforcement = "Off" },
		"other pods":       func(s *v1alpha1.SitePolicySpec) { s.OtherPods = "Allow" },
		"participants":     func(s *v1alpha1.SitePolicySpec) { s.Participants = []string{} },
		"an empty name":    func(s *v1alpha1.SitePolicySpec) { s.Participants[0] = "" },
		"a long name":      func(s *v1alpha1.SitePolicySpec) { s.Participants[0] = strings.Repeat("a", 254) },
		"a root's name":    func(s *v1alpha1.SitePolicySpec) { s.Kits.TrustRoots[0].Name = "" },
		"a fingerprint":    func(s *v1alpha1.SitePolicySpec) { s.Kits.TrustRoots[0].SHA256 = upper },
		"a sealer's name":  func(s *v1alpha1.SitePolicySpec) { s.Kits.Sealers[0].Name = "" },
		"a sealer's key":   func(s *v1alpha1.SitePolicySpec) { s.Kits.Sealers[0].PublicKey = "" },
		"signature":        func(s *v1alpha1.SitePolicySpec) { s.Kits.Signature = "None" },
		"a kits' claim":    func(s *v1alpha1.SitePolicySpec) { s.Kits.Claims = []string{""} },
		"a revoked serial": func(s *v1alpha1.SitePolicySpec) { s.Kits.Revoked.CertificateSerials = []string{"0"} },
		"a revoked key":    func(s *v1alpha1.SitePolicySpec) { s.Kits.Revoked.Keys = []string{upper} },
		"a revoked kit":    func(s *v1alpha1.SitePolicySpec) { s.Kits.Revoked.Kits = []string{"x"} },
		"images":           func(s *v1alpha1.SitePolicySpec) { s.Images.Allowed = []v1alpha1.AllowedImage{} },
		"a repository":     func(s *v1alpha1.SitePolicySpec) { s.Images.Allowed[0].Repository = "" },
		"a tag":            func(s *v1alpha1.SitePolicySpec) { s.Images.Allowed[0].Tag = "-x" },
		"a digest":         func(s *v1alpha1.SitePolicySpec) { s.Images.Allowed[0].Digest = "sha256:x" },
		"a data claim":     func(s *v1alpha1.SitePolicySpec) { s.Data[0].ClaimName = "" },
		"a data path":      func(s *v1alpha1.SitePolicySpec) { s.Data[0].MountPath = "" },
		"data's roles":     func(s *v1alpha1.SitePolicySpec) { s.Data[0].Roles = []v1alpha1.Role{} },
		"a role":           func(s *v1alpha1.SitePolicySpec) { s.Data[0].Roles = []v1alpha1.Role{"Client"} },
		"a role for exec":  func(s *v1alpha1.SitePolicySpec) { s.Privacy.InteractiveAccess.PodRoles = []v1alpha1.Role{"-"} },
		"a framework":      func(s *v1alpha1.SitePolicySpec) { s.Frameworks = []v1alpha1.FrameworkRule{{}} },
		"a launcher":       func(s *v1alpha1.SitePolicySpec) { s.Launchers[0].ServiceAccountName = "" },
		"a level":          func(s *v1alpha1.SitePolicySpec) { s.PodSecurity.Level = "strict" },
		"a version":        func(s *v1alpha1.SitePolicySpec) { s.PodSecurity.Version = "1.30" },
		"a user":           func(s *v1alpha1.SitePolicySpec) { s.PodSecurity.RunAsUser = new(int64(0)) },
		"a group":          func(s *v1alpha1.SitePolicySpec) { s.PodSecurity.FSGroup = new(int64(0)) },
	} {
		t.Run(name, func(t *testing.T) {
			policy := policiestest.Policy(t)
			change(&policy.Spec)
			require.True(t, rejected(t, schema, policy), "the CRD accepts it: the row tests nothing")
			require.NotEmpty(t, v1alpha1.Validate(policy))
		})
	}
}

// The CRD has every field of the types and no others: with a stale CRD, the API
// server would drop fields.
func TestTypesMatchTheCRD(t *testing.T) {
	schema := crdSchema(t).Properties["spec"]
	match(t, "spec", reflect.TypeFor[v1alpha1.SitePolicySpec](), &schema)
	status := crdSchema(t).Properties["status"]
	match(t, "status", reflect.TypeFor[v1alpha1.SitePolicyStatus](), &status)
}

func match(t *testing.T, path string, typ reflect.Type, schema *openapi.Schema) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		if typ.Kind() == reflect.Slice && typ.Elem().Kind() != reflect.Uint8 && schema.Items != nil {
			schema = schema.Items.Schema
		}
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || len(schema.Properties) == 0 {
		return
	}
	var fields []string
	for _, field := range reflect.VisibleFields(typ) {
		if field.Anonymous {
			continue // its fields are those of the struct
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, name)
		property, ok := schema.Properties[name]
		require.True(t, ok, "%s.%s is not in the CRD", path, name)
		require.NotEmpty(t, property.Description, "%s.%s is not documented", path, name)
		match(t, path+"."+name, field.Type, &property)
	}
	for name := range schema.Properties {
		require.True(t, slices.Contains(fields, name), "only the CRD has %s.%s", path, name)
	}
}
