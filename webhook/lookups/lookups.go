// Package lookups bounds what the webhook reads from the API server at a time: an object
// is as large as its author makes it, and every request may need some.
package lookups

import (
	"context"
	"fmt"
	"reflect"

	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Most is how many reads are made at a time. A read takes a few milliseconds and, for the
// largest object, a few megabytes.
const Most = 4

// Observer counts look-ups.
type Observer interface {
	// LookedUp is called after each read, with the Go name of the type of object.
	LookedUp(kind string, err error)
}

// Reader reads at most a few objects at a time. Others wait until their context ends.
type Reader struct {
	reader   client.Reader
	places   *semaphore.Weighted
	observer Observer
}

// NewReader makes a Reader.
func NewReader(reader client.Reader, observer Observer) *Reader {
	return &Reader{reader: reader, places: semaphore.NewWeighted(Most), observer: observer}
}

// Get implements client.Reader.
func (r *Reader) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	return r.wait(ctx, object, func() error { return r.reader.Get(ctx, key, object, options...) })
}

// List implements client.Reader.
func (r *Reader) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	return r.wait(ctx, list, func() error { return r.reader.List(ctx, list, options...) })
}

func (r *Reader) wait(ctx context.Context, what runtime.Object, read func() error) (err error) {
	defer func() { r.observer.LookedUp(reflect.TypeOf(what).Elem().Name(), err) }()
	if err := r.places.Acquire(ctx, 1); err != nil {
		return fmt.Errorf("too many objects are read at a time: %w", err)
	}
	defer r.places.Release(1)
	return read()
}
