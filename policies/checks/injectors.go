package checks

import "strings"

// injector is a program that adds containers to new pods. Its containers are recognised by
// their names, which is enough for a message.
type injector struct {
	name string
	// containers are prefixes of the names of its containers.
	containers []string
	// key and off are the annotation, or the label, that disables it for a pod.
	key, off string
	label    bool
}

func injectors() []injector {
	return []injector{
		{name: "Istio", containers: []string{"istio-"}, key: "sidecar.istio.io/inject", off: "false", label: true},
		{name: "Linkerd", containers: []string{"linkerd-"}, key: "linkerd.io/inject", off: "disabled"},
		{name: "Consul", containers: []string{"consul-"}, key: "consul.hashicorp.com/connect-inject", off: "false"},
		{name: "Vault", containers: []string{"vault-agent"}, key: "vault.hashicorp.com/agent-inject", off: "false"},
		{name: "Kuma", containers: []string{"kuma-"}, key: "kuma.io/sidecar-injection", off: "disabled", label: true},
		{name: "Dapr", containers: []string{"daprd"}, key: "dapr.io/enabled", off: "false"},
		{name: "OpenTelemetry", containers: []string{"otc-container", "opentelemetry-"}, key: "sidecar.opentelemetry.io/inject", off: "false"},
		{name: "Jaeger", containers: []string{"jaeger-agent"}, key: "sidecar.jaegertracing.io/inject", off: "false"},
	}
}

// furtherContainer says what to do about a container that the profile does not have.
func furtherContainer(name string) string {
	for _, in := range injectors() {
		for _, prefix := range in.containers {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			kind := "annotation"
			if in.label {
				kind = "label"
			}
			return "if " + in.name + " adds it, set the " + kind + " " + in.key + ": \"" + in.off + "\" on the pod (`kubectl flare launch --pod-" + kind + " " + in.key + "=" + in.off + "`), or disable the injection for the namespace"
		}
	}
	return "run it in another pod; if an injector adds it, disable the injection for the pod or the namespace"
}

// keepsInjectorAway says whether an annotation disables an injector.
func keepsInjectorAway(key, value string) bool {
	for _, in := range injectors() {
		if in.key == key {
			return in.off == value
		}
	}
	return false
}
