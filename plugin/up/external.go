package up

import (
	"context"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// serverLog bounds, in bytes, what is read of a server's log.
const serverLog = 8 << 20

// watchExternal says what the server knows of participants that something else runs.
func (o *Options) watchExternal(ctx context.Context, all []member) {
	var outside []member
	for _, m := range all {
		if m.Runtime == federation.RuntimeExternal && m.Role != kit.RoleAdmin {
			outside = append(outside, m)
		}
	}
	if len(outside) == 0 {
		return
	}
	known, why := o.joined(ctx, all)
	for _, m := range outside {
		text := why
		switch {
		case why != "":
		case known[m.Name]:
			text = "is connected, according to the server's log"
		default:
			text = "is not connected, according to the server's log"
		}
		o.reporter.For(m.Name).Progress("%s: runs elsewhere; %s", m.Name, text)
	}
}

// joined are the participants that have joined according to the log of the server, or why that
// is not known.
func (o *Options) joined(ctx context.Context, all []member) (known map[string]bool, why string) {
	i := slices.IndexFunc(all, func(m member) bool {
		return m.Role == kit.RoleServer && m.Runtime != federation.RuntimeExternal && m.Namespace != ""
	})
	if i < 0 {
		return nil, "the server is not in a cluster that is known here"
	}
	server := all[i]
	if server.kit == nil {
		return nil, "the kit of the server is not here"
	}
	framework, err := o.known.Workloads.Get(server.kit.framework)
	if err != nil {
		return nil, err.Error()
	}
	reader, ok := framework.Workloads.(workloads.ServerLog)
	if !ok {
		return nil, "the log of a server of " + framework.Describe().Title + " does not name who joins"
	}
	known, err = readServer(ctx, server, reader)
	if err != nil {
		return nil, "what the server knows is unknown: " + server.clients.Explain(ctx, err).Error()
	}
	return known, ""
}

func readServer(ctx context.Context, server member, reader workloads.ServerLog) (map[string]bool, error) {
	typed, err := server.clients.Typed()
	if err != nil {
		return nil, err
	}
	selector := labels.Set{names.LabelParticipant: labelvalue.Of(server.Name), names.LabelRole: string(kit.RoleServer)}
	pods, err := typed.CoreV1().Pods(server.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i := range pods.Items {
		container := pods.Items[i].Spec.Containers[0].Name
		log, err := typed.CoreV1().Pods(server.Namespace).GetLogs(pods.Items[i].Name, &corev1.PodLogOptions{Container: container, LimitBytes: new(int64(serverLog))}).Stream(ctx)
		if err != nil {
			return nil, err
		}
		err = workloads.ReadLog(log, func(line string) {
			if name, joined, ok := reader.Member(line); ok {
				known[name] = joined
			}
		})
		if err = errors.Join(err, log.Close()); err != nil {
			return nil, err
		}
	}
	return known, nil
}
