package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// deployment has the values of the chart in place of the stand-ins, and conditions around what
// depends on them.
func deployment(d *unstructured.Unstructured) *unstructured.Unstructured {
	spec := d.Object["spec"].(map[string]any)
	spec["replicas"] = expression("{{ .Values.replicas }}")
	pod := spec["template"].(map[string]any)["spec"].(map[string]any)
	security := pod["securityContext"].(map[string]any)
	for _, assigned := range []string{"runAsUser", "runAsGroup", "fsGroup"} {
		security[assigned] = when{withOwnUser, security[assigned]}
	}
	container := pod["containers"].([]any)[0].(map[string]any)
	container["image"] = expression(`{{ required "image is missing: give the image of flare-webhook by digest" .Values.image | quote }}`)
	args := container["args"].([]any)
	for i := range args {
		args[i] = argument(args[i].(string))
	}
	const mounts = `or (` + byCertManager + `) ` + withClientCA
	pod["volumes"] = when{mounts, named(pod["volumes"].([]any))}
	container["volumeMounts"] = when{mounts, named(container["volumeMounts"].([]any))}
	return d
}

// network has the ports of the chart's values in place of the stand-in.
func network(policy *unstructured.Unstructured) {
	for _, rule := range policy.Object["spec"].(map[string]any)["egress"].([]any) {
		ports := rule.(map[string]any)["ports"].([]any)
		for i, port := range ports {
			if port.(map[string]any)["port"] == aPort {
				ports[i] = each{".Values.apiServerPorts", "{port: {{ int . }}}"}
			}
		}
	}
}

// argument is an argument of the webhook with its condition.
func argument(text string) any {
	switch flag, value, _ := strings.Cut(text, "="); {
	case value == aKitImage:
		return when{withKitImage, expression(flag + "={{ .Values.kitImage }}")}
	case value == aClientName:
		return when{withClientCA, each{".Values.clientNames", `{{ printf "` + flag + `=%s" . | quote }}`}}
	case value == aDNS:
		return when{`.Values.clusterDNS`, expression(flag + "={{ .Values.clusterDNS }}")}
	case value == aDomain:
		return when{`.Values.clusterDomain`, expression(flag + "={{ .Values.clusterDomain }}")}
	case flag == "--cert-dir":
		return when{byCertManager, text}
	case flag == "--client-ca":
		return when{withClientCA, text}
	}
	return text
}

// named has conditions around the volumes, or their mounts, by their names.
func named(items []any) []any {
	conditions := map[string]string{"certificates": byCertManager, "client-ca": withClientCA}
	for i := range items {
		if condition, ok := conditions[items[i].(map[string]any)["name"].(string)]; ok {
			items[i] = when{condition, items[i]}
		}
	}
	return items
}
