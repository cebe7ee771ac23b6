// Package manifests holds what `kubectl flare install` puts into a cluster: the
// CRD, the webhook with its rights and registrations, the ValidatingAdmissionPolicies
// that hold without it, and a ClusterRole for each person.
package manifests

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// What everything is called.
const (
	Namespace = "flare-system"
	// Webhook is the Deployment, the Service, the ServiceAccount and the webhook
	// configurations.
	Webhook = "flare-webhook"
	// ClusterRoleSite is what the webhook may read in a governed namespace,
	// ClusterRoleSiteAdmin and ClusterRoleDataScientist are what people may do.
	ClusterRoleSite          = "flare-webhook-site"
	ClusterRoleSiteAdmin     = "flare-site-admin"
	ClusterRoleDataScientist = "flare-data-scientist"
	// PodsWebhook is the one that judges pods.
	PodsWebhook = "pods.kubectl-flare.dev"
)

// Certs says where the serving certificate comes from.
type Certs string

// The sources of certificates.
const (
	CertManager Certs = "cert-manager"
	SelfSigned  Certs = "self-signed"
)

// files are the manifests.
//
//go:embed crd base policies rbac certs
var files embed.FS

// Prerequisites must be there before the rest can be written: the namespace and
// the CRD.
func Prerequisites() ([]*unstructured.Unstructured, error) {
	return load(nil, "base/namespace.yaml", "crd")
}

// Options say what differs from one cluster to the next.
type Options struct {
	// Image is the webhook's, KitImage that of flare-kit by digest; it may be
	// empty.
	Image, KitImage string
	Certs           Certs
	// Replicas of the webhook; zero leaves it at two.
	Replicas int64
}

// Objects are all the others, in an order in which they can be written.
// launcherPrefixes begin the names of the Secrets that the frameworks' job launchers
// make: names that are reserved in governed namespaces.
func Objects(launcherPrefixes []string, o Options) ([]*unstructured.Unstructured, error) {
	if o.Certs != CertManager && o.Certs != SelfSigned {
		return nil, fmt.Errorf("%q is no source of certificates: choose %s or %s", o.Certs, CertManager, SelfSigned)
	}
	render, err := renderer(launcherPrefixes)
	if err != nil {
		return nil, err
	}
	objects, err := load(render, "rbac", "policies")
	if err != nil {
		return nil, err
	}
	certs, err := certificates(o.Certs)
	if err != nil {
		return nil, err
	}
	webhook, err := load(render, "base/deployment.yaml", "base/webhooks.yaml")
	if err != nil {
		return nil, err
	}
	objects = slices.Concat(objects, certs, webhook)
	for _, object := range objects {
		if err := adapt(object, o); err != nil {
			return nil, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return objects, nil
}

// certificates are the objects that a source of certificates needs.
func certificates(certs Certs) ([]*unstructured.Unstructured, error) {
	if certs == CertManager {
		return certManagerObjects()
	}
	return load(nil, "certs")
}

// load reads files and folders, each in the order of its names, and fills in their
// placeholders.
func load(render *strings.Replacer, paths ...string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, path := range paths {
		err := fs.WalkDir(files, path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			found, err := decode(name, render)
			objects = append(objects, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return objects, nil
}

func decode(name string, render *strings.Replacer) ([]*unstructured.Unstructured, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	text := string(data)
	if render != nil {
		text = render.Replace(text)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		mark(object)
		objects = append(objects, object)
	}
}

// mark labels an object as ours, as everything that the plugin writes is.
func mark(object *unstructured.Unstructured) {
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[names.LabelManagedBy] = names.ManagedBy
	labels[names.LabelAppPartOf] = names.ManagedBy
	object.SetLabels(labels)
}

// Reverse is the order in which to take objects away: first what could refuse
// the rest.
func Reverse(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	reversed := slices.Clone(objects)
	slices.Reverse(reversed)
	return reversed
}
