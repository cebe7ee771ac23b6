package rules

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/cel/common"
)

// Input is what rules are evaluated over.
type Input struct {
	// Object is the pod, or the pod that a workload's template would make. OldObject is
	// the pod before an update, or nil.
	Object, OldObject *corev1.Pod
	Request           *Request
	// Kit is nil if the pod has no kit that is accepted.
	Kit *Kit
	// Settings are the settings of the participant's local/, by path. Unclear says that
	// they are not known, so that every rule about them denies.
	Settings map[string]any
	Unclear  bool
}

// Request is the request, with the fields of a ValidatingAdmissionPolicy's variable of
// this name. RequestResource is what the request is for, if it is for the workload with
// the pod's template.
type Request struct {
	Kind            metav1.GroupVersionKind   `json:"kind"`
	Resource        Resource                  `json:"resource"`
	SubResource     string                    `json:"subResource,omitempty"`
	RequestResource Resource                  `json:"requestResource"`
	Name            string                    `json:"name,omitempty"`
	Namespace       string                    `json:"namespace,omitempty"`
	Operation       string                    `json:"operation"`
	UserInfo        authenticationv1.UserInfo `json:"userInfo"`
	DryRun          bool                      `json:"dryRun"`
}

// Resource is a resource.
type Resource struct {
	Group    string `json:"group"`
	Resource string `json:"resource"`
}

// Kit is what was verified about the pod's kit.
type Kit struct {
	Framework   string `json:"framework"`
	Version     string `json:"version"`
	Federation  string `json:"federation"`
	Participant string `json:"participant"`
	Org         string `json:"org"`
	// Role is the participant's role, PodRole that of the pod: job for a job pod of a
	// client.
	Role    string `json:"role"`
	PodRole string `json:"podRole"`
	// Server is where the participant dials.
	Server Server `json:"server"`
	Digest string `json:"digest"`
	Serial int64  `json:"serial"`
	// SealedBy is project, site, native or empty.
	SealedBy string `json:"sealedBy"`
}

// Server is the address of an FL server.
type Server struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// activation gives expressions their variables. It wraps each when an expression asks for
// it first, and once for all rules: the wrapped values read fields when they are used.
type activation struct {
	*Input

	policy  any
	wrapped map[string]any
}

// ResolveName implements cel.Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	if value, ok := a.wrapped[name]; ok {
		return value, true
	}
	value, ok := a.wrap(name)
	if ok {
		a.wrapped[name] = value
	}
	return value, ok
}

// Parent implements cel.Activation.
func (*activation) Parent() cel.Activation { return nil }

func (a *activation) wrap(name string) (any, bool) {
	switch name {
	case varObject:
		return common.SchemalessTypedToVal(a.Object), true
	case varOldObject:
		return common.SchemalessTypedToVal(a.OldObject), true
	case varRequest:
		return common.SchemalessTypedToVal(a.Request), true
	case varKit:
		return common.SchemalessTypedToVal(a.Kit), true
	case varSettings:
		if a.Unclear {
			return types.NewErr("the settings in local/ cannot be understood with certainty"), true
		}
		return a.Settings, true
	case varPolicy:
		return a.policy, true
	}
	return nil, false
}
