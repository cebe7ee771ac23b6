package checks

import "strings"

// injector is what adds containers to pods while they are being made. Its containers are
// known by their names, which only choose the words of a message.
type injector struct {
	name string
	// containers begin with one of these.
	containers []string
	// key and off are the annotation, or the label, that keeps it away from a pod.
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
			return "if " + in.name + " adds it, give the pod the " + kind + " " + in.key + ": \"" + in.off + "\", or switch its injection off for the namespace"
		}
	}
	return "run it in a pod of its own; if an injector adds it, switch injection off for the pod or the namespace"
}

// keepsInjectorAway says whether an annotation is an injector's switch, and off.
func keepsInjectorAway(key, value string) bool {
	for _, in := range injectors() {
		if in.key == key {
			return in.off == value
		}
	}
	return false
}
