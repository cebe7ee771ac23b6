package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Apply is the step that writes objects.
type Apply struct {
	// Stages are written one after the other, and the objects of a stage at once.
	Stages [][]workloads.Object
	// Adopt writes to objects that may belong to others; only the given fields are ours.
	Adopt bool
	// Configured is the name of a change of an object; empty means Configured.
	Configured Action

	stages [][]*object
}

// Rehearse implements Step. It checks everything that can be checked without writing: that
// the namespace exists, that no object of someone else is in the way, and that the server
// accepts every object.
func (a *Apply) Rehearse(ctx context.Context, s *Session) error {
	if err := s.checkNamespace(ctx); err != nil {
		return err
	}
	var all []*object
	a.stages = nil
	for _, stage := range a.Stages {
		var objects []*object
		for _, obj := range stage {
			o, err := s.newObject(obj)
			if err != nil {
				return err
			}
			o.adopt = a.Adopt
			if a.Configured != "" {
				o.configured = a.Configured
			}
			objects = append(objects, o)
		}
		a.stages = append(a.stages, objects)
		all = append(all, objects...)
	}
	s.add(all)
	err := s.each(len(all), func(i int) error { return s.about(ctx, all[i], all[i].rehearse(ctx)) })
	if err == nil && s.dryRun {
		s.advise(all)
	}
	return err
}

// Run implements Step. If an object cannot be written, the others of its stage are, and the
// later stages are skipped.
func (a *Apply) Run(ctx context.Context, s *Session) error {
	for i, stage := range a.stages {
		step := StepInject
		if i == len(a.stages)-1 { // what runs the pods
			step = StepLaunch
		}
		s.Reporter.Step(step)
		err := s.each(len(stage), func(i int) error { return s.about(ctx, stage[i], stage[i].write(ctx)) })
		s.report(stage)
		s.advise(stage)
		if err != nil {
			return err
		}
	}
	return nil
}

// about says which object an error is about.
func (s *Session) about(ctx context.Context, o *object, err error) error {
	if err == nil {
		return nil
	}
	err = s.Clients.Explain(ctx, err)
	if strings.HasPrefix(err.Error(), o.name+" ") {
		return err // it says so
	}
	return fmt.Errorf("%s: %w", o.name, err)
}

func (s *Session) add(objects []*object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = append(s.written, objects...)
}
