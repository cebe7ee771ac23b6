package lookups_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/webhook/lookups"
)

// slow counts the reads that are under way, and those that are over.
type slow struct {
	now, most atomic.Int64
	over      sync.Map
}

// LookedUp implements lookups.Observer.
func (s *slow) LookedUp(kind string, _ error) {
	n, _ := s.over.LoadOrStore(kind, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

func (s *slow) counted(kind string) int64 {
	n, ok := s.over.Load(kind)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

func (s *slow) read() error {
	s.most.Store(max(s.most.Load(), s.now.Add(1)))
	defer s.now.Add(-1)
	time.Sleep(time.Second)
	return nil
}

// Get implements client.Reader.
func (s *slow) Get(context.Context, client.ObjectKey, client.Object, ...client.GetOption) error {
	return s.read()
}

// List implements client.Reader.
func (s *slow) List(context.Context, client.ObjectList, ...client.ListOption) error { return s.read() }

// Of many reads, a few are under way at a time; those that wait too long give an error.
func TestReadsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		r := lookups.NewReader(s, s)
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		var passed, failed atomic.Int64
		var readers sync.WaitGroup
		for i := range 5 * lookups.Most {
			readers.Go(func() {
				err := r.Get(ctx, client.ObjectKey{}, &corev1.Secret{})
				if i%2 == 0 {
					err = r.List(ctx, &corev1.PodList{})
				}
				if err == nil {
					passed.Add(1)
				} else {
					failed.Add(1)
				}
			})
		}
		readers.Wait()
		require.Equal(t, int64(lookups.Most), s.most.Load())
		require.Positive(t, passed.Load())
		require.Positive(t, failed.Load())
		require.Equal(t, int64(5*lookups.Most), s.counted("Secret"), "failed ones too")
		require.Equal(t, int64(5*lookups.Most/2), s.counted("PodList"))
	})
}
