package checks

import "slices"

// scheduler is the user who binds pods in every cluster.
const scheduler = "system:kube-scheduler"

// IDBinding is the check of bindings.
const IDBinding = "binding"

// Binding allows only the scheduler and the given users to bind pods: the API server
// copies a Binding's labels and annotations to the pod, and the Binding decides which
// node gets the data.
func Binding(user string, binders []string) []Result {
	if user == scheduler || slices.Contains(binders, user) {
		return nil
	}
	return []Result{{
		ID: IDBinding, Field: "target", Reason: "only the scheduler may bind pods", Detail: quote(user),
		Fix: "leave it to the scheduler; steer it with a nodeSelector",
	}}
}
