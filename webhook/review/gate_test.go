package review_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/webhook/review"
)

// held is a door whose requests stay at work until they are let go.
type held struct {
	*httptest.Server
	began, leave chan struct{}
}

func hold(t *testing.T, failOpen bool, limits review.Limits) *held {
	t.Helper()
	h := &held{began: make(chan struct{}), leave: make(chan struct{})}
	h.Server, _ = start(t, &review.Door{FailOpen: failOpen, Gate: review.NewGate(limits), Handler: admission.HandlerFunc(
		func(context.Context, admission.Request) admission.Response {
			select { // a test that failed lets go of everything
			case h.began <- struct{}{}:
			case <-t.Context().Done():
			}
			select {
			case <-h.leave:
			case <-t.Context().Done():
			}
			return admission.Allowed("")
		})})
	return h
}

func limits() review.Limits {
	l := review.DefaultLimits()
	l.Requests, l.Wait = 1, 50*time.Millisecond
	return l
}

// What waits too long is denied with a message, or passes where mutation is open, and is
// counted; what comes later is evaluated.
func TestBusy(t *testing.T) {
	for _, failOpen := range []bool{false, true} {
		t.Run(strconv.FormatBool(failOpen), func(t *testing.T) {
			h := hold(t, failOpen, limits())
			first := make(chan int)
			go func() {
				code, _ := post(t, h.Server, "application/json", reviewFile(t, "valid.json"))
				first <- code
			}()
			<-h.began
			code, text := post(t, h.Server, "application/json", reviewFile(t, "valid.json"))
			require.Contains(t, text, "too many requests at a time")
			if failOpen {
				require.Equal(t, http.StatusServiceUnavailable, code)
			} else {
				require.Equal(t, http.StatusOK, code)
				denied(t, text)
			}
			h.leave <- struct{}{}
			require.Equal(t, http.StatusOK, <-first)
			go func() { <-h.began; h.leave <- struct{}{} }()
			_, text = post(t, h.Server, "application/json", reviewFile(t, "valid.json"))
			require.Contains(t, text, `"allowed":true`)
		})
	}
}

// denied is the answer of a busy webhook to the request of valid.json.
func denied(t *testing.T, text string) {
	t.Helper()
	var answer admissionv1.AdmissionReview
	require.NoError(t, json.Unmarshal([]byte(text), &answer))
	r := answer.Response
	require.False(t, r.Allowed)
	require.EqualValues(t, "u-1", r.UID)
	require.EqualValues(t, http.StatusTooManyRequests, r.Result.Code)
	require.EqualValues(t, 1, r.Result.Details.RetryAfterSeconds)
}

// A client that sends a large body slowly keeps other large ones waiting for a moment, and
// small ones never; one that sends a small body slowly keeps no one waiting.
func TestSlowClients(t *testing.T) {
	l := review.DefaultLimits()
	l.Wait, l.Read = 50*time.Millisecond, time.Second
	server, _ := start(t, &review.Door{Gate: review.NewGate(l), Handler: admission.HandlerFunc(allow)})
	slow := func(length int) *bufio.Reader {
		c, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com"})
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{", length)
		return bufio.NewReader(c)
	}
	large := strings.Replace(reviewFile(t, "valid.json"), "{", "{"+strings.Repeat(" ", 4<<20), 1)
	answers := []*bufio.Reader{slow(1 << 10), slow(review.MaxRequest)}
	require.Eventually(t, func() bool {
		_, text := post(t, server, "application/json", large)
		return strings.Contains(text, "too many requests")
	}, time.Second, time.Millisecond)
	_, text := post(t, server, "application/json", reviewFile(t, "valid.json"))
	require.Contains(t, text, `"allowed":true`)
	for _, answer := range answers {
		status, err := answer.ReadString('\n')
		require.NoError(t, err)
		require.Contains(t, status, "408")
	}
	_, text = post(t, server, "application/json", large)
	require.Contains(t, text, `"allowed":true`, "its place is free again")
}

// The UID is read from the beginning of a body alone.
func TestBusyWithoutUID(t *testing.T) {
	h := hold(t, false, limits())
	go func() { _, _ = post(t, h.Server, "application/json", reviewFile(t, "valid.json")) }()
	<-h.began
	defer func() { h.leave <- struct{}{} }()
	for name, tc := range map[string]struct {
		body  string
		found bool
	}{
		"first":         {`{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1","kind":{}}}`, true},
		"request first": {`{"request":{"uid":"u-1"},"kind":"AdmissionReview"}`, true},
		"none":          {`{"kind":"AdmissionReview"}`, false},
		"empty":         {`{"request":{"uid":""}}`, false},
		"no text":       {`{"request":{"uid":1}}`, false},
		"elsewhere":     {`{"object":{"request":{"uid":"u-1"}}}`, false},
		"too late":      {`{"kind":"` + strings.Repeat("x", 8<<10) + `","request":{"uid":"u-1"}}`, false},
		"no JSON":       {`words`, false},
	} {
		code, text := post(t, h.Server, "application/json", tc.body)
		if tc.found {
			denied(t, text)
		} else {
			require.Equal(t, http.StatusServiceUnavailable, code, name)
		}
	}
}

// Verdicts share annotations and warnings: writing an answer leaves them as they are. The race
// detector sees a write that changes nothing.
func TestAnswersShare(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	annotations, warnings := map[string]string{"short": "x", "long": long}, []string{"x", long}
	server, _ := start(t, &review.Door{Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
		r := admission.Allowed("")
		r.Warnings, r.AuditAnnotations = warnings, annotations
		return r
	})})
	body := reviewFile(t, "valid.json")
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			answer, err := server.Client().Post(server.URL, "application/json", strings.NewReader(body))
			if assert.NoError(t, err) {
				answer.Body.Close()
			}
		})
	}
	clients.Wait()
	require.Equal(t, map[string]string{"short": "x", "long": long}, annotations)
	require.Equal(t, []string{"x", long}, warnings)
}

// An answer is bounded, whatever the verdict says.
func TestAnswersAreBounded(t *testing.T) {
	long := strings.Repeat("ö", 1<<20)
	server, _ := start(t, &review.Door{Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
		r := admission.Denied(long)
		r.Warnings, r.AuditAnnotations = []string{long}, map[string]string{"a": long}
		return r
	})})
	_, text := post(t, server, "application/json", reviewFile(t, "valid.json"))
	require.Less(t, len(text), 128<<10)
	require.True(t, json.Valid([]byte(text)))
}
