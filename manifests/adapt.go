package manifests

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// certificateMount is where cert-manager's Secret is mounted in the pod.
const certificateMount = "/certificates"

// The ConfigMap with the authority of the API server's client certificate, its key, and where
// it is mounted.
const (
	ClientCAName = "flare-webhook-client-ca"
	clientCAKey  = "ca.crt"
	clientMount  = "/client-ca"
)

// placeholder is what regular expressions in the manifests have for the prefixes of all
// launchers' Secrets.
const placeholder = "LAUNCHER-PREFIXES"

// none replaces the placeholder if no framework has a launcher: no name begins with it.
const none = "#"

var prefixForm = regexp.MustCompile(`^[a-z0-9-]+-$`)

// renderer fills in the parts that depend on the frameworks.
func renderer(launcherPrefixes []string) (*strings.Replacer, error) {
	for _, prefix := range launcherPrefixes {
		if !prefixForm.MatchString(prefix) {
			return nil, fmt.Errorf("%q cannot begin the names of Secrets: a prefix has lower-case letters, digits and hyphens, and a hyphen at its end", prefix)
		}
	}
	return strings.NewReplacer(placeholder, cmp.Or(strings.Join(launcherPrefixes, "|"), none)), nil
}

// adapt adapts an object to the options.
func adapt(object *unstructured.Unstructured, o Options) error {
	switch object.GetKind() {
	case "Deployment":
		return adaptDeployment(object, o)
	case MonitorKind:
		return adaptMonitor(object, o)
	case "NetworkPolicy":
		return adaptNetwork(object, o)
	case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
		if o.Certs == CertManager {
			object.SetAnnotations(map[string]string{certmanager.WantInjectAnnotation: Namespace + "/" + Webhook})
		}
	}
	return nil
}

func adaptDeployment(d *unstructured.Unstructured, o Options) error {
	if o.Replicas > 0 {
		if err := unstructured.SetNestedField(d.Object, o.Replicas, "spec", "replicas"); err != nil {
			return err
		}
	}
	for _, name := range [...]string{"runAsUser", "runAsGroup", "fsGroup"} {
		if o.PlatformUser {
			unstructured.RemoveNestedField(d.Object, "spec", "template", "spec", "securityContext", name)
		}
	}
	containers, _, err := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "containers")
	if err != nil {
		return err
	}
	container, ok := containers[0].(map[string]any)
	if !ok {
		return fmt.Errorf("the container is a %T, not an object", containers[0])
	}
	container["image"] = o.Image
	args, _ := container["args"].([]any)
	if o.KitImage != "" {
		args = append(args, "--kit-image="+o.KitImage)
	}
	if o.ClusterDNS != "" {
		args = append(args, "--cluster-dns="+o.ClusterDNS)
	}
	if o.ClusterDomain != "" {
		args = append(args, "--cluster-domain="+o.ClusterDomain)
	}
	var volumes, mounts []any
	mount := func(name, at, kind string, source map[string]any) {
		volumes = append(volumes, map[string]any{"name": name, kind: source})
		mounts = append(mounts, map[string]any{"name": name, "mountPath": at, "readOnly": true})
	}
	if o.Certs == CertManager {
		args = append(args, "--cert-dir="+certificateMount)
		mount("certificates", certificateMount, "secret", map[string]any{"secretName": servingSecret, "defaultMode": int64(0o440)})
	}
	if o.ClientCA != "" {
		args = append(args, "--client-ca="+clientMount+"/"+clientCAKey)
		for _, name := range o.ClientNames {
			args = append(args, "--client-name="+name)
		}
		mount("client-ca", clientMount, "configMap", map[string]any{"name": ClientCAName})
	}
	container["args"] = args
	if len(volumes) > 0 {
		container["volumeMounts"] = mounts
		if err := unstructured.SetNestedSlice(d.Object, volumes, "spec", "template", "spec", "volumes"); err != nil {
			return err
		}
	}
	return unstructured.SetNestedSlice(d.Object, containers, "spec", "template", "spec", "containers")
}

// adaptNetwork opens the ports of the API server. The first rule for egress has the usual ones.
func adaptNetwork(policy *unstructured.Unstructured, o Options) error {
	egress, _, err := unstructured.NestedSlice(policy.Object, "spec", "egress")
	if err != nil {
		return err
	}
	rule, ok := egress[0].(map[string]any)
	if !ok {
		return fmt.Errorf("the rule for egress is a %T, not an object", egress[0])
	}
	ports, _ := rule["ports"].([]any)
	for _, port := range o.APIServerPorts {
		ports = append(ports, map[string]any{"port": port})
	}
	rule["ports"] = ports
	return unstructured.SetNestedSlice(policy.Object, egress, "spec", "egress")
}

// clientCAObject has the authority of the API server's client certificate.
func clientCAObject(pem string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": ClientCAName, "namespace": Namespace},
		"data": map[string]any{clientCAKey: pem},
	}}
	mark(object)
	return object
}
