// Package offline knows a site from files instead of a cluster: the objects in
// manifests, the SitePolicy that governs each of them, and the kits that they refer to.
package offline

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Snapshot is what the files say.
type Snapshot struct {
	// Namespace is the namespace of objects that have none; Now is the time of all
	// verdicts.
	Namespace string
	Now       time.Time
	// Governing governs every namespace, if it is set.
	Governing *policies.Policy
	// Absent are the names of objects that the cluster does not have: nothing is
	// assumed about them.
	Absent []string
	// Kits and Locals are known without their content.
	Kits   map[string]*policies.KitFact
	Locals map[string]policies.LocalFact

	catalog    *policies.Catalog
	registry   *frameworks.Registry
	policies   map[string]*policies.Policy
	namespaces map[string]*corev1.Namespace
	secrets    []*corev1.Secret
	configMaps []*corev1.ConfigMap
	claims     []*corev1.PersistentVolumeClaim
}

// New makes a snapshot of objects and compiles its policies; the registry reads kits.
// Objects without a namespace get the given one.
func New(catalog *policies.Catalog, registry *frameworks.Registry, namespace string, now time.Time, objects []source.Object) *Snapshot {
	s := &Snapshot{
		Namespace: namespace, Now: now, catalog: catalog, registry: registry,
		policies: map[string]*policies.Policy{}, namespaces: map[string]*corev1.Namespace{},
	}
	for i := range objects {
		if o, ok := objects[i].Typed.(metav1.Object); ok && o.GetNamespace() == "" {
			o.SetNamespace(namespace)
		}
		switch o := objects[i].Typed.(type) {
		case *v1alpha1.SitePolicy:
			s.policies[o.Name] = compile(catalog, o)
		case *corev1.Namespace:
			s.namespaces[o.Name] = o
		case *corev1.Secret:
			s.secrets = append(s.secrets, o)
		case *corev1.ConfigMap:
			s.configMaps = append(s.configMaps, o)
		case *corev1.PersistentVolumeClaim:
			s.claims = append(s.claims, o)
		}
	}
	return s
}

// compile compiles a policy as the webhook does when it receives one.
func compile(catalog *policies.Catalog, p *v1alpha1.SitePolicy) *policies.Policy {
	ready, errs := policies.Compile(p, catalog)
	if len(errs) > 0 {
		return policies.Invalid(p.Name, errs)
	}
	return ready
}

// AddKit adds the Secret and the ConfigMap that `kit inject` would create from the kit
// in a folder. They belong to every namespace.
func (s *Snapshot) AddKit(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("--kit: %w; give the kit's folder, the one that holds startup/", err)
	}
	defer root.Close()
	k, err := s.registry.ReadDir(root.FS())
	if err != nil {
		return fmt.Errorf("--kit: cannot use the kit %s: %w", dir, err)
	}
	objects, err := workloads.KitForm("", k)
	if err != nil {
		return fmt.Errorf("--kit: %s: %w", dir, err)
	}
	for _, obj := range objects {
		switch o := obj.(type) {
		case *corev1.Secret:
			s.secrets = append(s.secrets, o)
		case *corev1.ConfigMap:
			s.configMaps = append(s.configMaps, o)
		}
	}
	return nil
}

// ReadPolicy reads and compiles the one SitePolicy in a file. An invalid policy denies
// everything, as it does in a cluster.
func ReadPolicy(ctx context.Context, catalog *policies.Catalog, file string) (*policies.Policy, error) {
	p, err := source.Policy(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	return compile(catalog, p), nil
}

// Policy is the policy that governs a namespace, and the name in the namespace's label.
// The policy is nil if the label names one that does not exist; governed is false if
// the namespace has no label.
func (s *Snapshot) Policy(namespace string) (policy *policies.Policy, name string, governed bool, err error) {
	if s.Governing != nil {
		return s.Governing, s.Governing.Name(), true, nil
	}
	if ns, known := s.namespaces[namespace]; known {
		name, governed = ns.Labels[names.LabelSitePolicy]
		return s.policies[name], name, governed, nil
	}
	all := slices.Sorted(maps.Keys(s.policies))
	if len(all) == 1 {
		return s.policies[all[0]], all[0], true, nil
	}
	const fix = "give --policy FILE, or a Namespace document with the label " + names.LabelSitePolicy
	if len(all) == 0 {
		return nil, "", false, fmt.Errorf("the files contain no SitePolicy: %s", fix)
	}
	return nil, "", false, fmt.Errorf("the files contain the SitePolicies %s, and nothing says which of them governs namespace %q: %s",
		strings.Join(all, ", "), namespace, fix)
}

// Labels are the labels of a namespace as the API server keeps them; nil if the
// namespace is unknown.
func (s *Snapshot) Labels(namespace string) map[string]string {
	ns, known := s.namespaces[namespace]
	if !known {
		return nil
	}
	set := map[string]string{corev1.LabelMetadataName: namespace}
	maps.Copy(set, ns.Labels)
	return set
}
