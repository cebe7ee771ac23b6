// Package manifests has what `kubectl flare install` writes: the CRD, the webhook with its
// permissions and registrations, the ValidatingAdmissionPolicies that work without it, and the
// ClusterRoles for people.
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

// The names of the objects.
const (
	Namespace = "flare-system"
	// Webhook is the name of the Deployment, the Service, the ServiceAccount and the
	// webhook configurations.
	Webhook = "flare-webhook"
	// ClusterRoleSite has the webhook's permissions in a governed namespace;
	// ClusterRoleLauncher has those of a participant's job launcher;
	// ClusterRoleSiteAdmin and ClusterRoleDataScientist are for people.
	ClusterRoleSite          = "flare-webhook-site"
	ClusterRoleLauncher      = "flare-launcher"
	ClusterRoleSiteAdmin     = "flare-site-admin"
	ClusterRoleDataScientist = "flare-data-scientist"
	// PodsWebhook is the webhook that validates pods.
	PodsWebhook = "pods.kubectl-flare.dev"
)

// Certs is the source of the serving certificate.
type Certs string

// The sources of certificates.
const (
	CertManager Certs = "cert-manager"
	SelfSigned  Certs = "self-signed"
)

// files are the manifests.
//
//go:embed crd base policies rbac certs monitoring
var files embed.FS

// Prerequisites must exist before the rest can be written: the namespace and the CRD.
func Prerequisites() ([]*unstructured.Unstructured, error) {
	return load(nil, "base/namespace.yaml", "crd")
}

// Options are what differs between clusters.
type Options struct {
	// Image is the webhook's image; KitImage is the image of flare-kit by digest, and may
	// be empty.
	Image, KitImage string
	Certs           Certs
	// ClientCA is the authority of the API server's client certificate, in PEM, and
	// ClientNames are the common names that it may have. Without ClientCA, any client may
	// send reviews.
	ClientCA    string
	ClientNames []string
	// APIServerPorts are the ports at which the webhook reaches the API server, besides 443
	// and 6443: NetworkPolicies apply after the Service's address is translated.
	APIServerPorts []int64
	// ClusterDNS are the pods of the cluster's DNS, in the form of the webhook's flag, and
	// ClusterDomain is the domain of Services; empty where they are the usual ones.
	ClusterDNS, ClusterDomain string
	// PlatformUser leaves the user and the groups of the webhook to the platform, which assigns
	// them, as OpenShift does.
	PlatformUser bool
	// Replicas is the number of the webhook's pods; zero means two.
	Replicas int64
	// Monitoring adds what the Prometheus operator and Grafana need to watch the webhook.
	Monitoring bool
}

// Objects are all other objects, in an order in which they can be written.
// launcherPrefixes begin the names of the Secrets that the frameworks' job launchers
// make: names that are reserved in governed namespaces.
func Objects(launcherPrefixes []string, o Options) ([]*unstructured.Unstructured, error) {
	if o.Certs != CertManager && o.Certs != SelfSigned {
		return nil, fmt.Errorf("%q is not a source of certificates: choose %s or %s", o.Certs, CertManager, SelfSigned)
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
	if o.ClientCA != "" {
		certs = append(certs, clientCAObject(o.ClientCA))
	}
	webhook, err := load(render, "base/deployment.yaml", "base/webhooks.yaml")
	if err != nil {
		return nil, err
	}
	objects = slices.Concat(objects, certs, webhook)
	if o.Monitoring {
		watched, err := monitoring()
		if err != nil {
			return nil, err
		}
		objects = append(objects, watched...)
	}
	for _, object := range objects {
		if err := adapt(object, o); err != nil {
			return nil, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return objects, nil
}

// certificates are the objects for a source of certificates.
func certificates(certs Certs) ([]*unstructured.Unstructured, error) {
	if certs == CertManager {
		return certManagerObjects()
	}
	return load(nil, "certs")
}

// load reads files and folders, each in the order of its names, and fills in placeholders.
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

// mark labels an object as ours, like everything that the plugin writes.
func mark(object *unstructured.Unstructured) {
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[names.LabelManagedBy] = names.ManagedBy
	labels[names.LabelAppPartOf] = names.ManagedBy
	object.SetLabels(labels)
}

// Reverse is the order in which to delete objects: first what could deny the deletion of the
// rest.
func Reverse(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	reversed := slices.Clone(objects)
	slices.Reverse(reversed)
	return reversed
}
