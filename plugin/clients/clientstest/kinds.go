package clientstest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type kind struct {
	group, kind, plural string
	cluster             bool
	// version is v1 if it is empty.
	version string
}

func kinds() []kind {
	return []kind{
		{kind: "Namespace", plural: "namespaces", cluster: true},
		{kind: "Node", plural: "nodes", cluster: true},
		{kind: "Pod", plural: "pods"},
		{kind: "Service", plural: "services"},
		{kind: "ServiceAccount", plural: "serviceaccounts"},
		{kind: "Secret", plural: "secrets"},
		{kind: "ConfigMap", plural: "configmaps"},
		{kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims"},
		{kind: "Event", plural: "events"},
		{group: "apps", kind: "Deployment", plural: "deployments"},
		{group: "apps", kind: "ReplicaSet", plural: "replicasets"},
		{group: "batch", kind: "CronJob", plural: "cronjobs"},
		{group: "rbac.authorization.k8s.io", kind: "Role", plural: "roles"},
		{group: "rbac.authorization.k8s.io", kind: "RoleBinding", plural: "rolebindings"},
		{group: "networking.k8s.io", kind: "NetworkPolicy", plural: "networkpolicies"},
		{group: "discovery.k8s.io", kind: "EndpointSlice", plural: "endpointslices"},
		{group: "storage.k8s.io", kind: "StorageClass", plural: "storageclasses", cluster: true},
		{group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration", plural: "mutatingwebhookconfigurations", cluster: true},
		{group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration", plural: "validatingwebhookconfigurations", cluster: true},
		{group: "kubectl-flare.dev", version: "v1alpha1", kind: "SitePolicy", plural: "sitepolicies", cluster: true},
	}
}

func byKind(name string) (kind, bool) {
	i := slices.IndexFunc(kinds(), func(k kind) bool { return k.kind == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds()[i], true
}

func (k kind) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: k.group, Resource: k.plural}
}

func (k kind) apiVersion() string {
	return schema.GroupVersion{Group: k.group, Version: cmp.Or(k.version, "v1")}.String()
}

// request is a parsed API path.
type request struct {
	kind
	verb, namespace, name, subresource string
	dryRun                             bool
	query                              url.Values
}

func (r request) key() string { return key(r.plural, r.namespace, r.name) }

func (r request) resource() string {
	if r.subresource != "" {
		return r.plural + "/" + r.subresource
	}
	return r.plural
}

// parse reads /api/v1/… and /apis/GROUP/v1/….
func parse(r *http.Request) (request, bool) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	req := request{query: r.URL.Query()}
	group := ""
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		group, parts = parts[1], parts[3:]
	default:
		return req, false
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		req.namespace, parts = parts[1], parts[2:]
	}
	i := slices.IndexFunc(kinds(), func(k kind) bool { return k.plural == parts[0] && k.group == group })
	if i < 0 {
		return req, false
	}
	req.kind = kinds()[i]
	if len(parts) > 1 {
		req.name = parts[1]
	}
	if len(parts) > 2 {
		req.subresource = parts[2]
	}
	req.dryRun = req.query.Get("dryRun") == metav1.DryRunAll
	req.verb = verb(r, req)
	if req.verb == "delete" {
		// A deletion has its options in its body.
		var options metav1.DeleteOptions
		if err := json.NewDecoder(r.Body).Decode(&options); err == nil {
			req.dryRun = len(options.DryRun) > 0
		}
	}
	return req, true
}

func verb(r *http.Request, req request) string {
	switch {
	case r.Method == http.MethodPatch:
		return "patch"
	case r.Method == http.MethodDelete:
		return "delete"
	case r.Method == http.MethodPost && req.name == "":
		return "create"
	case req.query.Get("watch") != "":
		return "watch"
	case req.name == "":
		return "list"
	}
	return "get"
}

// discovery answers the requests of a RESTMapper.
func discovery(w http.ResponseWriter, r *http.Request) bool {
	path := strings.Trim(r.URL.Path, "/")
	switch path {
	case "api":
		reply(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
		return true
	case "apis":
		list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
		for _, k := range kinds() {
			known := slices.ContainsFunc(list.Groups, func(g metav1.APIGroup) bool { return g.Name == k.group })
			if known || k.group == "" {
				continue
			}
			version := metav1.GroupVersionForDiscovery{GroupVersion: k.apiVersion(), Version: cmp.Or(k.version, "v1")}
			list.Groups = append(list.Groups, metav1.APIGroup{Name: k.group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version})
		}
		reply(w, http.StatusOK, list)
		return true
	}
	groupVersion := strings.TrimPrefix(strings.TrimPrefix(path, "apis/"), "api/")
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: groupVersion}
	for _, k := range kinds() {
		if k.apiVersion() == groupVersion {
			list.APIResources = append(list.APIResources, metav1.APIResource{Name: k.plural, Kind: k.kind, Namespaced: !k.cluster})
		}
	}
	if len(list.APIResources) == 0 {
		return false
	}
	reply(w, http.StatusOK, list)
	return true
}
