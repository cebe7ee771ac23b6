package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
)

// Target is where a plan is carried out.
type Target struct {
	Clients clients.Clients
	// Namespace is the namespace of all namespaced objects; if it is empty, the engine
	// does not check that it exists.
	Namespace string
}

// Session is one run of a plan, as its steps see it.
type Session struct {
	Target

	Reporter *Reporter

	engine  *Engine
	dynamic dynamic.Interface
	mapper  meta.RESTMapper

	dryRun bool

	mu      sync.Mutex
	written []*object // in the order of the plan
	// namespaceSeen avoids a second check.
	namespaceSeen bool
}

func (e *Engine) session(p Plan, dryRun bool) (*Session, error) {
	s := &Session{Target: p.Target, dryRun: dryRun, Reporter: e.Reporter, engine: e}
	if s.Reporter == nil {
		s.Reporter = &Reporter{}
	}
	var err error
	if s.dynamic, err = p.Target.Clients.Dynamic(); err != nil {
		return s, err
	}
	s.mapper, err = p.Target.Clients.ToRESTMapper()
	return s, err
}

// each calls do with every number below n, with the engine's concurrency. It makes all calls;
// of several errors, it returns the one with the smallest number.
func (s *Session) each(n int, do func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(cmp.Or(s.engine.Concurrency, defaultConcurrency))
	errs := make([]error, n)
	for i := range n {
		group.Go(func() error {
			errs[i] = do(i)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkNamespace checks that the namespace exists. For users who may not read namespaces, the
// dry run finds out.
func (s *Session) checkNamespace(ctx context.Context) error {
	if s.Namespace == "" || s.namespaceSeen {
		return nil
	}
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	ns, err := typed.CoreV1().Namespaces().Get(ctx, s.Namespace, metav1.GetOptions{})
	s.namespaceSeen = err == nil || apierrors.IsForbidden(err)
	switch {
	case apierrors.IsForbidden(err):
		return nil
	case err == nil && ns.DeletionTimestamp != nil:
		return fmt.Errorf("namespace %q is being deleted: wait until it is gone, or give another namespace with -n", s.Namespace)
	}
	return err
}

// skipRest marks what was not written because an earlier write failed. What was not deleted
// has not changed.
func (s *Session) skipRest() {
	for _, o := range s.written {
		switch {
		case o.done || o.keep || o.action == "":
		case o.removal:
			o.action = ""
		default:
			o.action = Skipped
			s.Reporter.changed(changesOf([]*object{o}))
		}
	}
}

// DryRun says whether the plan is only rehearsed.
func (s *Session) DryRun() bool { return s.dryRun }

// Changes is what happened to the objects so far, or would happen.
func (s *Session) Changes() ChangeSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return changesOf(s.written)
}

func changesOf(objects []*object) ChangeSet {
	var changes ChangeSet
	for _, o := range objects {
		if o.action != "" {
			changes = append(changes, o.change())
		}
	}
	return changes
}

// report prints what happened to the objects of a stage; failed ones are reported at the end
// of the plan.
func (s *Session) report(stage []*object) {
	var made []*object
	for _, o := range stage {
		if o.done || o.keep {
			made = append(made, o)
		}
	}
	s.Reporter.changed(changesOf(made))
}
