package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/helperpod"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// operator is a participant whose kit may handle jobs.
type operator struct {
	participants.Participant
	framework *workloads.Framework
}

// driver handles the jobs of a study, or those of none.
func (op operator) driver(s workloads.Session, study string) (workloads.JobDriver, error) {
	if study == "" {
		return op.framework.Jobs.Driver(s), nil
	}
	if op.framework.Studies == nil {
		return nil, fmt.Errorf("--study: jobs of %s belong to no study: leave it out", op.framework.Describe().Title)
	}
	d, err := op.framework.Studies.InStudy(s, study)
	if err != nil {
		return nil, fmt.Errorf("--study: %w", err)
	}
	return d, nil
}

// withDriver calls do with a driver in a pod of the operator, and deletes the pod
// afterwards, also if the user interrupts the command.
func (o *options) withDriver(ctx context.Context, do func(workloads.JobDriver) error) error {
	anyone := func(operator) error { return nil }
	return o.withOperator(ctx, anyone, func(_ operator, d workloads.JobDriver) error { return do(d) })
}

// withJob is withDriver for an operator whose framework gives jobs such IDs.
func (o *options) withJob(ctx context.Context, id string, do func(workloads.JobDriver) error) error {
	takes := func(op operator) error { return op.framework.Jobs.CheckID(id) }
	return o.withOperator(ctx, takes, func(_ operator, d workloads.JobDriver) error { return do(d) })
}

// withOperator is withDriver for an operator that takes what the command is about; otherwise, takes
// says why not.
func (o *options) withOperator(ctx context.Context, takes func(operator) error, do func(operator, workloads.JobDriver) error) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	both := func(op operator) error {
		if _, err := op.driver(nil, o.study); err != nil {
			return err
		}
		return takes(op)
	}
	op, err := o.findOperator(ctx, typed, both)
	if err != nil {
		return err
	}
	return o.as(ctx, typed, op, do)
}

// as runs a pod of an operator for as long as do needs it.
func (o *options) as(ctx context.Context, typed kubernetes.Interface, op operator, do func(operator, workloads.JobDriver) error) error {
	runner := helperpod.Runner{Typed: typed, ErrOut: o.streams.ErrOut, What: "admin pod", Holds: "holds the admin's key"}
	return runner.With(ctx, op.pod(), func(pod *corev1.Pod) error {
		d, err := op.driver(session{o.clients, pod}, o.study)
		if err != nil {
			return err
		}
		return do(op, d)
	})
}

// pod is the pod of the operator's first workload, as `kubectl create job --from` would
// create it.
func (op operator) pod() *corev1.Pod {
	first := op.Workloads[0]
	meta := *first.Template.ObjectMeta.DeepCopy()
	meta.Namespace, meta.GenerateName = op.Namespace, first.Name+"-"
	return &corev1.Pod{ObjectMeta: meta, Spec: first.Template.Spec}
}

// findOperator finds the participant to act as.
func (o *options) findOperator(ctx context.Context, typed kubernetes.Interface, takes func(operator) error) (operator, error) {
	namespace, err := o.clients.Namespace()
	if err != nil {
		return operator{}, err
	}
	all, err := participants.List(ctx, typed, namespace)
	if err != nil {
		return operator{}, err
	}
	return choose(o.frameworks, all, o.admin, namespace, takes)
}

func choose(frameworks *workloads.Registry, all []participants.Participant, name, namespace string, takes func(operator) error) (operator, error) {
	every := operatorsOf(frameworks, all)
	if name != "" {
		op, err := byName(every, name, namespace)
		if err == nil {
			err = takes(op)
		}
		return op, err
	}
	operators := slices.DeleteFunc(slices.Clone(every), func(op operator) bool { return takes(op) != nil })
	switch len(operators) {
	case 0:
		if len(every) > 0 {
			return operator{}, takes(every[0])
		}
		return operator{}, noOperator(frameworks, all, namespace)
	case 1:
		return operators[0], nil
	}
	return operator{}, fmt.Errorf("namespace %q has several admins: give one with --admin (%s)", namespace, strings.Join(namesOf(operators), ", "))
}

func operatorsOf(frameworks *workloads.Registry, all []participants.Participant) []operator {
	var operators []operator
	for _, p := range all {
		f, err := frameworks.Get(p.Framework)
		if err == nil && f.Jobs != nil && f.Jobs.Operator() == p.Role {
			operators = append(operators, operator{p, f})
		}
	}
	return operators
}

func byName(operators []operator, name, namespace string) (operator, error) {
	i := slices.IndexFunc(operators, func(op operator) bool { return op.Name == name })
	if i < 0 {
		i = slices.IndexFunc(operators, func(op operator) bool { return participants.Matches(op.Name, name) })
	}
	if i < 0 {
		admins := cmp.Or(strings.Join(namesOf(operators), ", "), "none")
		return operator{}, fmt.Errorf("namespace %[2]q has no admin %[1]q; its admins: %[3]s", name, namespace, admins)
	}
	return operators[i], nil
}

func namesOf(operators []operator) []string {
	names := make([]string, 0, len(operators))
	for _, op := range operators {
		names = append(names, op.Name)
	}
	return names
}

// noOperator is the error for a namespace without an admin: it says so if the namespace's
// frameworks have no jobs.
func noOperator(frameworks *workloads.Registry, all []participants.Participant, namespace string) error {
	for i, p := range all {
		f, err := frameworks.Get(p.Framework)
		if err != nil || f.Jobs != nil {
			break
		}
		if i == len(all)-1 {
			return frameworks.NoJobs(p.Framework)
		}
	}
	return fmt.Errorf("namespace %q has no admin: launch an admin's kit there with `kubectl flare launch KIT -n %s`, or give another namespace with -n", namespace, namespace)
}
