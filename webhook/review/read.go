package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"
)

var errInternal = errors.New("flare webhook: internal error, see its log; the request was not evaluated")

// badRequestError is a request that is no AdmissionReview.
type badRequestError struct {
	code    int
	problem string
}

func (e *badRequestError) Error() string { return "flare webhook: " + e.problem }

func bad(code int, format string, args ...any) *badRequestError {
	return &badRequestError{code: code, problem: fmt.Sprintf(format, args...)}
}

// check rejects what is not an AdmissionReview before its body is read.
func check(r *http.Request) *badRequestError {
	if r.Method != http.MethodPost {
		return bad(http.StatusMethodNotAllowed, "an AdmissionReview must be sent with POST")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return bad(http.StatusUnsupportedMediaType, "an AdmissionReview must be sent as application/json")
	}
	if r.ContentLength > MaxRequest {
		return tooLarge()
	}
	return nil
}

// read reads the body. Its buffer has the right size from the beginning: one that grows
// takes twice the memory.
func (d *Door) read(r *http.Request, buffer *bytes.Buffer) *badRequestError {
	if r.ContentLength > 0 {
		buffer.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	n, err := io.Copy(buffer, io.LimitReader(r.Body, MaxRequest+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return bad(http.StatusRequestTimeout, "the request body took longer than %s", d.Gate.limits.Read)
	case err != nil:
		return bad(http.StatusBadRequest, "the request body ended early")
	case n > MaxRequest:
		return tooLarge()
	case n == 0:
		return bad(http.StatusBadRequest, "the request body is empty")
	}
	return nil
}

func tooLarge() *badRequestError {
	return bad(http.StatusRequestEntityTooLarge, "the AdmissionReview is larger than %d MiB", MaxRequest>>20)
}

// review has a field for the TypeMeta and the request alone. The request is
// decoded in place.
type review struct {
	metav1.TypeMeta `json:",inline"`
	Request         *admissionv1.AdmissionRequest `json:"request"`
}

// decode takes a key that is there twice for an attack: two readers could take
// different ones. A key that is not known may come from a newer API server.
func decode(body []byte) (*admission.Request, *badRequestError) {
	request := &admission.Request{}
	in := review{Request: &request.AdmissionRequest}
	twice, err := kjson.UnmarshalStrict(body, &in, kjson.DisallowDuplicateFields)
	switch {
	case err != nil:
		// The decoder's words may hold pieces of a Secret.
		return nil, bad(http.StatusBadRequest, "the AdmissionReview is not valid JSON")
	case len(twice) > 0:
		return nil, bad(http.StatusBadRequest, "the AdmissionReview has a key twice")
	case !isReview(in.TypeMeta):
		return nil, bad(http.StatusBadRequest, "this is %.80q of version %.80q, not an AdmissionReview of %s", in.Kind, in.APIVersion, admissionv1.SchemeGroupVersion)
	case in.Request == nil || in.Request.UID == "":
		return nil, bad(http.StatusBadRequest, "the AdmissionReview holds no request")
	}
	return request, nil
}

func (d *Door) buffer() *bytes.Buffer {
	if b, ok := d.buffers.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// release keeps a few large requests from holding memory for ever.
func (d *Door) release(b *bytes.Buffer) {
	const most = 256 << 10
	if b.Cap() <= most {
		b.Reset()
		d.buffers.Put(b)
	}
}

// describe says where a panic came from without its value, which might hold
// content of a request, unless the value is the runtime's own.
func describe(value any) string {
	what := fmt.Sprintf("%T", value)
	if err, ok := value.(runtime.Error); ok {
		what = err.Error()
	}
	return "panic: " + what + "\n" + string(debug.Stack())
}
