package workloads

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// ExternalService is a Service through which participants outside of the cluster reach a
// server. It is made beside the Services with the names that participants in the cluster dial.
type ExternalService struct {
	// Type is LoadBalancer or NodePort. ClusterIP, the default, makes no such Service.
	// +kubebuilder:validation:Enum=ClusterIP;LoadBalancer;NodePort
	Type corev1.ServiceType `json:"type,omitempty"`
	// Annotations are for the load balancer, such as one that keeps it inside of a network.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Class is the class of the load balancer; the default is the cluster's.
	Class string `json:"class,omitempty"`
	// SourceRanges are the address ranges from which the load balancer takes connections; the
	// default is all.
	SourceRanges []string `json:"sourceRanges,omitzero"`
}

// External says whether there is such a Service.
func (s *ExternalService) External() bool {
	return s.Type == corev1.ServiceTypeLoadBalancer || s.Type == corev1.ServiceTypeNodePort
}

// Validate checks the values.
func (s *ExternalService) Validate(at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if !s.External() && s.Type != "" && s.Type != corev1.ServiceTypeClusterIP {
		errs = append(errs, invalid(at.Child("type"), string(s.Type), "must be LoadBalancer or NodePort")...)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		errs = append(errs, invalid(at.Child("annotations"), key, validation.IsQualifiedName(key)...)...)
		if domain, _, _ := strings.Cut(key, "/"); domain == names.Group {
			errs = append(errs, invalid(at.Child("annotations"), key, "is set from the kit: leave it out")...)
		}
	}
	if s.Class != "" {
		errs = append(errs, invalid(at.Child("class"), s.Class, validation.IsQualifiedName(s.Class)...)...)
	}
	for i, cidr := range s.SourceRanges {
		if prefix, err := netip.ParsePrefix(cidr); err != nil || prefix != prefix.Masked() {
			errs = append(errs, invalid(at.Child("sourceRanges").Index(i), cidr, "must be an address range, such as 203.0.113.0/24")...)
		}
	}
	switch {
	case !s.External() && (len(s.Annotations) > 0 || len(s.SourceRanges) > 0 || s.Class != ""):
		errs = append(errs, field.Required(at.Child("type"), "the other fields of the Service are for the type LoadBalancer or NodePort"))
	case s.Type == corev1.ServiceTypeNodePort && (len(s.SourceRanges) > 0 || s.Class != ""):
		errs = append(errs, invalid(at.Child("type"), string(s.Type), "has no load balancer: leave its class and its sourceRanges out")...)
	}
	return errs
}

// The range of node ports that an API server has by default.
const firstNodePort, lastNodePort = 30000, 32767

// external is the Service for participants outside of the cluster, or nil. Its annotation has
// the names that they dial, and its node ports are the ports that they dial where that is
// possible.
func (b Builder) external(served Served, dialed []string) Object {
	if !b.ExternalService.External() || len(served.External) == 0 {
		return nil
	}
	s := b.Service(ExternalName(b.Name), slices.Clone(served.External))
	s.Spec.Type, s.Spec.LoadBalancerSourceRanges = b.ExternalService.Type, b.ExternalService.SourceRanges
	if b.ExternalService.Class != "" {
		s.Spec.LoadBalancerClass = new(b.ExternalService.Class)
	}
	for i := range s.Spec.Ports {
		if p := &s.Spec.Ports[i]; s.Spec.Type == corev1.ServiceTypeNodePort && p.Port >= firstNodePort && p.Port <= lastNodePort {
			p.NodePort = p.Port
		}
	}
	annotations := maps.Clone(b.ExternalService.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	maps.Copy(annotations, s.Annotations)
	if len(dialed) > 0 {
		annotations[names.AnnotationHostNames] = strings.Join(dialed, ",")
	}
	s.Annotations = annotations
	return s
}

// ExternalName is the name of the Service for participants outside of the cluster.
func ExternalName(participant string) string { return participant + "-external" }

// Externals are the Services of the set that participants outside of the cluster dial.
func (s *Set) Externals() []*corev1.Service {
	var all []*corev1.Service
	for _, object := range s.Objects() {
		if service, ok := object.(*corev1.Service); ok && (&ExternalService{Type: service.Spec.Type}).External() {
			all = append(all, service)
		}
	}
	return all
}

// CheckExternal is an error if there should be a Service for participants outside of the
// cluster, and the participant serves nothing.
func (s *Set) CheckExternal(service *ExternalService) error {
	if service.External() && len(s.Externals()) == 0 {
		return fmt.Errorf("there is a Service of the type %s, but only a server has one: leave it out", service.Type)
	}
	return nil
}

// HostNames are the names that participants outside of the cluster dial.
func HostNames(service metav1.Object) []string {
	return strings.FieldsFunc(service.GetAnnotations()[names.AnnotationHostNames], func(r rune) bool { return r == ',' })
}
