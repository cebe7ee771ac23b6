package workloadstest

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Sign is what a running participant shows, and what that means.
type Sign struct {
	Name string
	// Case is the name of the participant's case.
	Case string
	// Log is the log of every container, Body the response of every port.
	Log, Body string
	// Ready says whether the pod is ready.
	Ready bool
	Want  workloads.Joining
}

// signs shows each sign to the framework, and requires signs for both answers for each role
// that joins.
func (s Suite) signs(t *testing.T, joiner workloads.Joiner) {
	t.Helper()
	type answer struct {
		role    kit.Role
		joining workloads.Joining
	}
	seen := map[answer]bool{}
	for _, sign := range s.Signs {
		t.Run(sign.Name, func(t *testing.T) {
			c := s.find(t, sign.Case)
			member := s.member(t, c, joiner, sign.Ready)
			got, err := joiner.Joined(t.Context(), member, shown{sign})
			require.NoError(t, err)
			assert.Equal(t, sign.Want, got)
			seen[answer{c.kit(t).Role, sign.Want}] = true
		})
	}
	for _, c := range s.Cases {
		for _, w := range s.set(t, c).Workloads {
			if joiner.Joins(w) {
				assert.True(t, seen[answer{w.Role, workloads.Joined}], "no sign of a %s that has joined", w.Role)
				assert.True(t, seen[answer{w.Role, workloads.NotJoined}], "no sign of a %s that has not joined", w.Role)
			}
		}
	}
}

func (s Suite) find(t *testing.T, name string) Case {
	t.Helper()
	for _, c := range s.Cases {
		if c.Name == name {
			return c
		}
	}
	require.FailNow(t, "there is no case with the name", name)
	return Case{}
}

// member is the participant with the pod of its workload that joins.
func (s Suite) member(t *testing.T, c Case, joiner workloads.Joiner, ready bool) workloads.Member {
	t.Helper()
	set := s.set(t, c)
	for i, w := range set.Workloads {
		if !joiner.Joins(w) {
			continue
		}
		template := templates(set)[i]
		pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
		for _, container := range pod.Spec.Containers {
			pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
				Name: container.Name, Ready: ready, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
			})
		}
		return workloads.Member{Participant: c.kit(t).Participant, Federation: c.kit(t).Federation, Workload: w, Pod: pod}
	}
	require.FailNow(t, "none of the workloads joins", c.Name)
	return workloads.Member{}
}

// shown is a Prober that shows a sign.
type shown struct{ Sign }

// Log implements workloads.Prober.
func (s shown) Log(_ context.Context, _ string, match func(string) bool) (workloads.Joining, error) {
	for line := range strings.Lines(s.Sign.Log) {
		if match(line) {
			return workloads.Joined, nil
		}
	}
	return workloads.NotJoined, nil
}

// HTTP implements workloads.Prober.
func (s shown) HTTP(_ context.Context, _ int, _ string, match func([]byte) bool) (workloads.Joining, error) {
	if match([]byte(s.Body)) {
		return workloads.Joined, nil
	}
	return workloads.NotJoined, nil
}

// jobs checks that the pods of operators run on demand and live long enough, that an empty folder is
// not a job, and that no option of a program is a job's ID.
func (s Suite) jobs(t *testing.T, jobs workloads.Jobs) {
	t.Helper()
	for _, c := range s.Cases {
		if c.kit(t).Role != jobs.Operator() {
			continue
		}
		set := s.set(t, c)
		assert.True(t, set.Workloads[0].OnDemand(), "the first workload of %s is not on demand", c.Name)
		deadline := templates(set)[0].Spec.ActiveDeadlineSeconds
		if assert.NotNil(t, deadline, "a pod of %s that is not deleted lives for ever", c.Name) {
			assert.Greater(t, float64(*deadline), workloads.JobTurn.Seconds(), "pods of %s end before a turn does", c.Name)
		}
	}
	require.Error(t, jobs.CheckJob("job", fstest.MapFS{}))
	for _, id := range []string{"", "--help", "a b"} {
		require.Error(t, jobs.CheckID(id), id)
	}
}
