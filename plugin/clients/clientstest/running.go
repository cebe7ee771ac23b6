package clientstest

import (
	"io"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// SetLog sets the log of a pod or, if the name is POD/CONTAINER, of one of its containers.
func (s *Server) SetLog(pod, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[pod] = text
}

// SetBody sets a pod's response to GET, for every path. The name is POD:PORT.
func (s *Server) SetBody(pod, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies[pod] = body
}

// log sends a pod's log. If it is followed, it stays open after its end, as with a running
// container.
func (s *Server) log(w http.ResponseWriter, r *http.Request, req request) {
	s.mu.Lock()
	text, ok := s.logs[req.name+"/"+req.query.Get("container")]
	if !ok {
		text = s.logs[req.name]
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, text)
	flush(w)
	if req.query.Get("follow") != "" {
		<-r.Context().Done()
	}
}

// proxy sends a pod's response.
func (s *Server) proxy(w http.ResponseWriter, req request) {
	s.mu.Lock()
	body, ok := s.bodies[req.name]
	s.mu.Unlock()
	if !ok {
		pod, _, _ := strings.Cut(req.name, ":")
		reply(w, http.StatusServiceUnavailable, withKind(apierrors.NewServiceUnavailable("no answer from pod "+pod).ErrStatus))
		return
	}
	_, _ = io.WriteString(w, body)
}
