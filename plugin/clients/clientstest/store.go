package clientstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request, req request) {
	switch {
	case req.subresource == "log":
		s.log(w, r, req)
	case req.subresource == "proxy":
		s.proxy(w, req)
	case req.verb == "watch":
		s.watch(w, r, req)
	case req.verb == "list":
		s.list(w, req)
	case req.verb == "get":
		s.get(w, req)
	case req.verb == "patch":
		s.patch(w, r, req)
	case req.verb == "create":
		s.create(w, r, req)
	case req.verb == "delete":
		s.delete(w, req)
	}
}

func (s *Server) notFound(w http.ResponseWriter, req request) {
	err := apierrors.NewNotFound(req.groupResource(), req.name)
	reply(w, http.StatusNotFound, withKind(err.ErrStatus))
}

func (s *Server) get(w http.ResponseWriter, req request) {
	s.mu.Lock()
	u, ok := s.objects[key(req.plural, req.namespace, req.name)]
	s.mu.Unlock()
	if !ok {
		s.notFound(w, req)
		return
	}
	reply(w, http.StatusOK, u.Object)
}

// create stores a new object; its name is in the body.
func (s *Server) create(w http.ResponseWriter, r *http.Request, req request) {
	u := &unstructured.Unstructured{}
	if err := json.NewDecoder(r.Body).Decode(&u.Object); err != nil {
		s.t.Errorf("%s: %v", r.URL, err)
	}
	u.SetNamespace(req.namespace)
	req.name = u.GetName()
	created, err := s.created(req, u)
	if err != nil {
		deny(w, err)
		return
	}
	if !req.dryRun && s.OnWrite != nil {
		s.OnWrite(created)
	}
	reply(w, http.StatusCreated, created.Object)
}

func (s *Server) created(req request, u *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case req.namespace != "" && s.objects[key("namespaces", "", req.namespace)] == nil:
		return nil, apierrors.NewNotFound(namespaces(), req.namespace)
	case s.objects[req.key()] != nil:
		return nil, apierrors.NewAlreadyExists(req.groupResource(), req.name)
	case req.dryRun:
		return u, nil
	}
	s.writes = append(s.writes, fmt.Sprintf("create %s/%s", req.plural, req.name))
	return s.store(req.kind, u), nil
}

func (s *Server) list(w http.ResponseWriter, req request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []any{}
	for _, u := range s.selected(req) {
		items = append(items, u.Object)
	}
	reply(w, http.StatusOK, map[string]any{
		"kind": req.kind.kind + "List", "apiVersion": req.apiVersion(), "items": items,
		"metadata": map[string]any{"resourceVersion": strconv.Itoa(s.version)},
	})
}

// selected are the objects that the request's namespace and labels select,
// sorted by name. Field selectors select everything.
func (s *Server) selected(req request) []*unstructured.Unstructured {
	selector, err := labels.Parse(req.query.Get("labelSelector"))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	var out []*unstructured.Unstructured
	for _, u := range s.objects {
		if u.GetKind() == req.kind.kind && (req.namespace == "" || u.GetNamespace() == req.namespace) && selector.Matches(labels.Set(u.GetLabels())) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *unstructured.Unstructured) int {
		if a.GetName() < b.GetName() {
			return -1
		}
		return 1
	})
	return out
}

func (s *Server) delete(w http.ResponseWriter, req request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := key(req.plural, req.namespace, req.name)
	u, ok := s.objects[id]
	if !ok {
		s.notFound(w, req)
		return
	}
	if !req.dryRun {
		s.writes = append(s.writes, fmt.Sprintf("delete %s/%s", req.plural, req.name))
		delete(s.objects, id)
		s.tell("DELETED", u)
	}
	reply(w, http.StatusOK, withKind(metav1.Status{Status: metav1.StatusSuccess}))
}

// store keeps the object under a new version and returns what it keeps.
func (s *Server) store(k kind, u *unstructured.Unstructured) *unstructured.Unstructured {
	u = u.DeepCopy()
	id := key(k.plural, u.GetNamespace(), u.GetName())
	s.version++
	u.SetResourceVersion(strconv.Itoa(s.version))
	if u.GetUID() == "" {
		u.SetUID(types.UID(id))
	}
	if t := u.GetCreationTimestamp(); t.IsZero() {
		u.SetCreationTimestamp(metav1.NewTime(time.Unix(0, 0)))
	}
	event := "MODIFIED"
	if s.objects[id] == nil {
		event = "ADDED"
	}
	s.objects[id] = u
	s.tell(event, u)
	return u
}
