package clientstest

import (
	"encoding/json"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type watcher struct {
	request
	selector labels.Selector
	events   chan any
}

// room is how many events a watcher may lag behind; tests have far fewer.
const room = 1000

func namespaces() schema.GroupResource { return schema.GroupResource{Resource: "namespaces"} }

// watch sends what has changed since the given version, then every change.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, req request) {
	if req.query.Get("sendInitialEvents") != "" {
		// Servers without this feature answer like this, and the client lists instead.
		reply(w, http.StatusUnprocessableEntity, withKind(apierrors.NewInvalid(schema.GroupKind{Kind: "ListOptions"}, "", nil).ErrStatus))
		return
	}
	selector, err := labels.Parse(req.query.Get("labelSelector"))
	if err != nil {
		s.t.Error(err)
		return
	}
	me := &watcher{request: req, selector: selector, events: make(chan any, room)}
	s.mu.Lock()
	since, _ := strconv.Atoi(req.query.Get("resourceVersion"))
	for _, u := range s.selected(req) {
		if version, _ := strconv.Atoi(u.GetResourceVersion()); version > since {
			me.events <- event("ADDED", u)
		}
	}
	s.watches = append(s.watches, me)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	flush(w)
	for {
		select {
		case e := <-me.events:
			_ = json.NewEncoder(w).Encode(e)
			flush(w)
		case <-r.Context().Done():
			return
		}
	}
}

func event(kind string, u *unstructured.Unstructured) any {
	return map[string]any{"type": kind, "object": u.DeepCopy().Object}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// tell sends an event to the watchers; s.mu is held.
func (s *Server) tell(kind string, u *unstructured.Unstructured) {
	for _, w := range s.watches {
		if u.GetKind() == w.kind.kind && (w.namespace == "" || w.namespace == u.GetNamespace()) && w.selector.Matches(labels.Set(u.GetLabels())) {
			w.events <- event(kind, u)
		}
	}
}
