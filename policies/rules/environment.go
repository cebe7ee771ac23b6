package rules

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/cel"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The variables of rules. The first three have the names that they have in a
// ValidatingAdmissionPolicy.
const (
	varObject    = "object"
	varOldObject = "oldObject"
	varRequest   = "request"
	varKit       = "kit"
	varSettings  = "settings"
	varPolicy    = "policy"
)

// newEnvironment is Kubernetes' environment for new expressions with the variables of
// rules. Kubernetes leaves functions out of it that the version before does not have, so
// that a policy stays valid if the webhook goes back by one version.
func newEnvironment() (*cel.Env, error) {
	declared := newDeclarations()
	pod, request := declared.of(reflect.TypeFor[corev1.Pod]()), declared.of(reflect.TypeFor[Request]())
	kit, policy := declared.of(reflect.TypeFor[Kit]()), declared.of(reflect.TypeFor[v1alpha1.SitePolicy]())
	base := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	extended, err := base.Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		DeclTypes:         []*apiservercel.DeclType{pod, request, kit, policy},
		EnvOptions: []cel.EnvOption{
			cel.Variable(varObject, pod.CelType()),
			cel.Variable(varOldObject, pod.CelType()),
			cel.Variable(varRequest, request.CelType()),
			cel.Variable(varKit, kit.CelType()),
			cel.Variable(varSettings, cel.MapType(cel.StringType, cel.DynType)),
			cel.Variable(varPolicy, policy.CelType()),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("the environment of rules: %w", err)
	}
	return extended.NewExpressionsEnv(), nil
}
