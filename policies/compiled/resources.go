package compiled

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Maximum is the most that a pod may use of a resource.
type Maximum struct {
	Name corev1.ResourceName
	Most resource.Quantity
}

func (p *Policy) addMaxima() {
	for name, most := range p.source.Spec.Resources.Max {
		p.maxima = append(p.maxima, Maximum{name, most})
	}
	slices.SortFunc(p.maxima, func(a, b Maximum) int { return strings.Compare(string(a.Name), string(b.Name)) })
}

// Maxima are the policy's maxima in the order of their names.
func (p *Policy) Maxima() []Maximum { return p.maxima }
