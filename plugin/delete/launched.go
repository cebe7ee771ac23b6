package delete

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/metadata"

	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// findLaunched finds what the participants' launchers have made: job pods, also finished
// ones, which no launcher deletes, and Secrets.
func (o *Options) findLaunched(ctx context.Context, client metadata.Interface, found []object) ([]object, error) {
	var launched []object
	var seen []string
	for _, f := range found {
		if f.framework == "" || slices.Contains(seen, f.participant) {
			continue
		}
		seen = append(seen, f.participant)
		framework, err := o.known.Get(f.framework)
		if err != nil || framework.JobPods == nil {
			continue //nolint:nilerr // a framework that this version does not know launches nothing
		}
		for _, name := range framework.JobPods.LauncherSecrets(f.participant, f.role) {
			launched = append(launched, object{kind: kindOf("Secret"), name: name, participant: f.participant})
		}
		pods, err := o.jobPods(ctx, client, f.participant)
		if err != nil {
			return nil, err
		}
		for _, pod := range pods {
			launched = append(launched, pod)
			for _, name := range framework.JobPods.JobSecrets(pod.name) {
				launched = append(launched, object{kind: kindOf("Secret"), name: name, participant: f.participant})
			}
		}
	}
	return launched, nil
}

// jobPods are found by the labels that the webhook and launch's settings give them.
func (o *Options) jobPods(ctx context.Context, client metadata.Interface, participant string) ([]object, error) {
	pods := kindOf("Pod")
	list, err := client.Resource(pods.resource).Namespace(o.namespace).List(ctx, metav1.ListOptions{
		LabelSelector: names.LabelParticipant + "=" + labelvalue.Of(participant) + "," + names.LabelRole + "=" + string(v1alpha1.RoleJob),
	})
	if err != nil {
		return nil, err
	}
	var found []object
	for _, item := range list.Items {
		found = append(found, object{kind: pods, name: item.Name, uid: &item.UID, participant: participant})
	}
	return found, nil
}

func kindOf(name string) kind {
	all := kinds()
	return all[slices.IndexFunc(all, func(k kind) bool { return k.groupKind.Kind == name })]
}
