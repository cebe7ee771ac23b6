package launch

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Service are the flags for the Service through which participants outside of the cluster
// reach a server.
type Service struct {
	Type         string
	Annotations  map[string]string
	Class        string
	SourceRanges []string
}

// Add adds the flags.
func (f *Service) Add(fs *pflag.FlagSet) {
	fs.StringVar(&f.Type, "service-type", "", "LoadBalancer or NodePort: make a further Service of a server, for participants outside of the cluster; it has the participant's name and ends with -external")
	fs.StringToStringVar(&f.Annotations, "service-annotation", nil, "Annotation of that Service, which configures its load balancer; may be given more than once")
	fs.StringVar(&f.Class, "service-class", "", "Class of its load balancer; the default is the cluster's")
	fs.StringArrayVar(&f.SourceRanges, "service-source-range", nil, "Address range from which its load balancer takes connections, such as 203.0.113.0/24; the default is all; may be given more than once")
}

// Parse reads the flags, and reports all problems with them.
func (f *Service) Parse() (workloads.ExternalService, error) {
	s := workloads.ExternalService{Type: corev1.ServiceType(f.Type), Annotations: f.Annotations, Class: f.Class, SourceRanges: f.SourceRanges}
	var errs []error
	for _, wrong := range s.Validate(field.NewPath("service")) {
		errs = append(errs, fmt.Errorf("--%s: %s", flagOf(wrong.Field), wrong.ErrorBody()))
	}
	return s, errors.Join(errs...)
}
