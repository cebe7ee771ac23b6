package review

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// Limits bound what the doors of one process do at a time, so that its memory does not
// grow with the number or the size of requests. What is beyond them waits, and what waits
// too long is answered without being evaluated.
type Limits struct {
	// Requests is how many requests are evaluated at a time.
	Requests int64
	// Bytes is how many bytes of large bodies are read at a time.
	Bytes int64
	// Wait is how long a request may wait, and Read how long its body may take then.
	Wait, Read time.Duration
}

// DefaultLimits keep the webhook below the memory limit of its manifests. They let one
// body of the largest size in at a time, beside smaller ones. Wait is shorter than the
// timeouts of the registrations, so that users learn why a request was denied.
func DefaultLimits() Limits {
	return Limits{Requests: 64, Bytes: MaxRequest + 1<<20, Wait: 4 * time.Second, Read: 3 * time.Second}
}

// small is how long a body may be that needs no place among Bytes. Most are smaller. A
// client that sends such a body slowly keeps no one else waiting.
const small = 32 << 10

// Gate counts what is at work. All doors of a process share one.
type Gate struct {
	limits          Limits
	requests, bytes *semaphore.Weighted
}

// NewGate makes a Gate.
func NewGate(l Limits) *Gate {
	return &Gate{limits: l, requests: semaphore.NewWeighted(l.Requests), bytes: semaphore.NewWeighted(l.Bytes)}
}

// body waits until a body may be read; its length is unknown where it is negative.
func (g *Gate) body(ctx context.Context, length int64) (leave func(), ok bool) {
	switch {
	case length < 0:
		length = MaxRequest
	case length <= small:
		return func() {}, true
	}
	return g.enter(ctx, g.bytes, length)
}

// request waits until a request may be evaluated.
func (g *Gate) request(ctx context.Context) (leave func(), ok bool) {
	return g.enter(ctx, g.requests, 1)
}

func (g *Gate) enter(ctx context.Context, places *semaphore.Weighted, n int64) (leave func(), ok bool) {
	ctx, cancel := context.WithTimeout(ctx, g.limits.Wait)
	defer cancel()
	if places.Acquire(ctx, n) != nil {
		return nil, false
	}
	return func() { places.Release(n) }, true
}
