package manifests

import (
	"errors"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// MonitorKind is the kind of object by which the Prometheus operator finds the webhook's metrics.
const MonitorKind = "ServiceMonitor"

// MonitoringVersion is the version of the Prometheus operator's API.
func MonitoringVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: "monitoring.coreos.com", Version: "v1"}
}

// MonitoringKinds are the kinds of that API that Options.Monitoring needs.
func MonitoringKinds() []string { return []string{MonitorKind, "PrometheusRule"} }

// monitoring are the objects for the Prometheus operator, and the dashboard in a ConfigMap that
// Grafana's side-car finds by its label.
func monitoring() ([]*unstructured.Unstructured, error) {
	objects, err := load(nil, "monitoring/alerts.yaml", "monitoring/servicemonitor.yaml")
	if err != nil {
		return nil, err
	}
	dashboard, err := files.ReadFile("monitoring/dashboard.json")
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{
			"name": "flare-webhook-dashboard", "namespace": Namespace, "labels": map[string]any{"grafana_dashboard": "1"},
		},
		"data": map[string]any{"flare-webhook.json": string(dashboard)},
	}}
	mark(object)
	return append(objects, object), nil
}

// adaptMonitor makes Prometheus trust the authority of the source of certificates.
func adaptMonitor(monitor *unstructured.Unstructured, o Options) error {
	if o.Certs != CertManager {
		return nil
	}
	endpoints, _, err := unstructured.NestedSlice(monitor.Object, "spec", "endpoints")
	if err != nil {
		return err
	}
	for _, endpoint := range endpoints {
		fields, ok := endpoint.(map[string]any)
		if !ok {
			return errors.New("an endpoint is not an object")
		}
		if err := unstructured.SetNestedField(fields, servingSecret, "tlsConfig", "ca", "secret", "name"); err != nil {
			return err
		}
	}
	return unstructured.SetNestedSlice(monitor.Object, endpoints, "spec", "endpoints")
}
