package review

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

var errBusy = errors.New("flare webhook: too many requests at a time, so this one was not evaluated; try again")

// retryAfter is in seconds. Clients of Kubernetes wait that long and try again by
// themselves.
const retryAfter = 1

// busy answers a request that waited too long. It is not decoded: of its body, only the
// UID is read, which an answer must have.
func (d *Door) busy(w http.ResponseWriter, body io.Reader) error {
	uid := uidOf(body)
	if d.FailOpen || uid == "" {
		http.Error(w, errBusy.Error(), http.StatusServiceUnavailable)
		return errBusy
	}
	write(w, &admissionv1.AdmissionResponse{UID: uid, Result: &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusTooManyRequests, Reason: metav1.StatusReasonTooManyRequests,
		Message: errBusy.Error(), Details: &metav1.StatusDetails{RetryAfterSeconds: retryAfter},
	}})
	return errBusy
}

// mostForUID is how much of a body is read for its UID. The API server writes it at the
// beginning of the request.
const mostForUID = 4 << 10

// uidOf finds request.uid at the beginning of an AdmissionReview; "" if it is not there.
func uidOf(body io.Reader) types.UID {
	d := json.NewDecoder(io.LimitReader(body, mostForUID))
	for _, name := range []string{"request", "uid"} {
		if !findKey(d, name) {
			return ""
		}
	}
	uid, err := d.Token()
	text, ok := uid.(string)
	if err != nil || !ok {
		return ""
	}
	return types.UID(text)
}

// findKey enters an object and reads up to the value of a key. Only strings may come
// before it.
func findKey(d *json.Decoder, name string) bool {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for {
		key, err := d.Token()
		if err != nil || key == name {
			return err == nil
		}
		value, err := d.Token()
		if _, text := value.(string); err != nil || !text {
			return false
		}
	}
}
