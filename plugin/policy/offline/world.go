// Package offline knows a site by its files instead of a cluster: the objects in
// manifests, the SitePolicy that governs each, and the kits that they refer to.
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
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// World is what the files say.
type World struct {
	// Namespace is that of objects that name none, Now the time of all verdicts.
	Namespace string
	Now       time.Time
	// Governing, where set, governs every namespace.
	Governing *v1alpha1.SitePolicy
	// Absent are the names of objects that a cluster was asked for and has not:
	// about them nothing is assumed.
	Absent []string

	policies   map[string]*v1alpha1.SitePolicy
	namespaces map[string]*corev1.Namespace
	secrets    []*corev1.Secret
	configMaps []*corev1.ConfigMap
	claims     []*corev1.PersistentVolumeClaim
}

// New makes a world of objects. It sets the namespace of those that name none.
func New(namespace string, now time.Time, objects []source.Object) *World {
	w := &World{
		Namespace: namespace, Now: now,
		policies: map[string]*v1alpha1.SitePolicy{}, namespaces: map[string]*corev1.Namespace{},
	}
	for i := range objects {
		if o, ok := objects[i].Typed.(metav1.Object); ok && o.GetNamespace() == "" {
			o.SetNamespace(namespace)
		}
		switch o := objects[i].Typed.(type) {
		case *v1alpha1.SitePolicy:
			w.policies[o.Name] = defaulted(o)
		case *corev1.Namespace:
			w.namespaces[o.Name] = o
		case *corev1.Secret:
			w.secrets = append(w.secrets, o)
		case *corev1.ConfigMap:
			w.configMaps = append(w.configMaps, o)
		case *corev1.PersistentVolumeClaim:
			w.claims = append(w.claims, o)
		}
	}
	return w
}

// defaulted is the policy as the API server would keep it.
func defaulted(p *v1alpha1.SitePolicy) *v1alpha1.SitePolicy {
	p = p.DeepCopy()
	v1alpha1.SetDefaults(p)
	return p
}

// AddKit adds the Secret and the ConfigMap that `kit inject` would make of the
// kit in a folder. They count in every namespace.
func (w *World) AddKit(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("--kit: %w; give the kit's folder, the one that holds startup/", err)
	}
	defer root.Close()
	k, err := frameworks.Default().ReadDir(root.FS())
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
			w.secrets = append(w.secrets, o)
		case *corev1.ConfigMap:
			w.configMaps = append(w.configMaps, o)
		}
	}
	return nil
}

// ReadPolicy reads the one SitePolicy of a file, as the API server would keep it.
func ReadPolicy(ctx context.Context, file string) (*v1alpha1.SitePolicy, error) {
	p, err := source.Policy(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	return defaulted(p), nil
}

// Policy is the policy that governs a namespace, and the name that its label
// gives. The policy is nil where the one that the label names is not there;
// governed is false where the namespace has no label.
func (w *World) Policy(namespace string) (policy *v1alpha1.SitePolicy, name string, governed bool, err error) {
	if w.Governing != nil {
		return w.Governing, w.Governing.Name, true, nil
	}
	if ns, known := w.namespaces[namespace]; known {
		name, governed = ns.Labels[names.LabelSitePolicy]
		return w.policies[name], name, governed, nil
	}
	all := slices.Sorted(maps.Keys(w.policies))
	if len(all) == 1 {
		return w.policies[all[0]], all[0], true, nil
	}
	const fix = "give --policy FILE, or a Namespace document with the label " + names.LabelSitePolicy
	if len(all) == 0 {
		return nil, "", false, fmt.Errorf("no SitePolicy is in the files, and none is given: %s", fix)
	}
	return nil, "", false, fmt.Errorf("the files hold the SitePolicies %s, and nothing says which one governs namespace %q: %s",
		strings.Join(all, ", "), namespace, fix)
}

// Labels are those of a namespace as the API server keeps them; nil where it is
// not known.
func (w *World) Labels(namespace string) map[string]string {
	ns, known := w.namespaces[namespace]
	if !known {
		return nil
	}
	set := map[string]string{corev1.LabelMetadataName: namespace}
	maps.Copy(set, ns.Labels)
	return set
}
