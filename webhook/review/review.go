// Package review is the webhook's door: it reads AdmissionReviews strictly,
// hands the request to a handler and writes the answer. What cannot be read for
// certain is not evaluated.
package review

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// MaxRequest is the largest AdmissionReview that is read, in bytes: two objects
// of the largest size that the API server takes, and the rest of the request.
const MaxRequest = 7 << 20

// Observer is given the outcome of reviews.
type Observer interface {
	// Reviewed is called once for each request; err says why there was no
	// verdict.
	Reviewed(handler string, took time.Duration, err error)
	// Panicked is called for each panic.
	Panicked(handler string)
	// Log is for what an operator must see. It never holds content of a request.
	Log(handler, message string)
}

// Door is the HTTP side of one handler.
type Door struct {
	// Name is the handler's, for metrics and logs.
	Name string
	// Handler makes the verdict.
	Handler admission.Handler
	// FailOpen answers an internal failure with an HTTP error, so that the API
	// server lets the request pass as the registration says. Without it such a
	// request is denied with a message.
	FailOpen bool
	// Observer may not be nil.
	Observer Observer
	// Gate bounds what is at work. It may not be nil.
	Gate *Gate
	// Decode decodes most requests faster than a Door does, with their objects. It returns
	// nil for the others. It may be nil.
	Decode func(body []byte) *admission.Request

	// buffers spare each request the growing of one. The decoder copies what it
	// keeps.
	buffers sync.Pool
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	err := d.serve(w, r)
	d.Observer.Reviewed(d.Name, time.Since(start), err)
}

// serve reads large bodies, and evaluates requests, only as many at a time as the Gate
// lets in.
func (d *Door) serve(w http.ResponseWriter, r *http.Request) error {
	if err := check(r); err != nil {
		return reply(w, err)
	}
	buffer := d.buffer()
	defer d.release(buffer)
	leave, ok := d.Gate.body(r.Context(), r.ContentLength)
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(d.Gate.limits.Read))
	if !ok {
		return d.busy(w, r.Body)
	}
	defer leave()
	if err := d.read(r, buffer); err != nil {
		// The deadline stays, since the server reads the rest of a body that it rejects.
		return reply(w, err)
	}
	// Past the deadline, the context of the request would end.
	_ = connection.SetReadDeadline(time.Time{})
	done, ok := d.Gate.request(r.Context())
	if !ok {
		return d.busy(w, bytes.NewReader(buffer.Bytes()))
	}
	defer done()
	request, err := d.decode(buffer.Bytes())
	if err != nil {
		return reply(w, err)
	}
	response, failed := d.handle(r, request)
	if failed != nil && d.FailOpen {
		http.Error(w, failed.Error(), http.StatusInternalServerError)
		return failed
	}
	write(w, response)
	return failed
}

func (d *Door) decode(body []byte) (*admission.Request, *badRequestError) {
	if d.Decode != nil {
		if request := d.Decode(body); request != nil {
			return request, nil
		}
	}
	return decode(body)
}

func reply(w http.ResponseWriter, err *badRequestError) error {
	http.Error(w, err.Error(), err.code)
	return err
}

// handle never panics: a panic is a denial.
func (d *Door) handle(r *http.Request, request *admission.Request) (response *admissionv1.AdmissionResponse, failed error) {
	defer func() {
		if value := recover(); value != nil {
			d.Observer.Panicked(d.Name)
			d.Observer.Log(d.Name, describe(value))
			failed = errInternal
			response = refuse(request, http.StatusInternalServerError, errInternal.Error())
		}
	}()
	answer := d.Handler.Handle(r.Context(), *request)
	if err := answer.Complete(*request); err != nil {
		return refuse(request, http.StatusInternalServerError, errInternal.Error()), errInternal
	}
	return &answer.AdmissionResponse, nil
}

func refuse(request *admission.Request, code int32, message string) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{
		UID:    request.UID,
		Result: &metav1.Status{Code: code, Reason: metav1.StatusReasonInternalError, Message: message},
	}
}
