package checks

import "slices"

// scheduler is who binds pods in every cluster.
const scheduler = "system:kube-scheduler"

// IDBinding is the check of bindings.
const IDBinding = "binding"

// Binding lets the scheduler bind pods, and whom the caller says: a Binding's
// labels and annotations are copied to the pod, and it says which node gets the
// data. Source: apiserver.md, "Subresources".
func Binding(user string, binders []string) []Result {
	if user == scheduler || slices.Contains(binders, user) {
		return nil
	}
	return []Result{{
		ID: IDBinding, Field: "target", Reason: "only the scheduler binds pods", Detail: quote(user),
		Fix: "leave it to the scheduler; steer it with a nodeSelector",
	}}
}
