package review

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// answer is an AdmissionReview without the request.
type answer struct {
	metav1.TypeMeta `json:",inline"`
	Response        *admissionv1.AdmissionResponse `json:"response"`
}

// longest is how long a text of an answer may be. Results of policies are shorter; this
// bounds what is left of an author's text in them.
const longest = 32 << 10

// bound cuts texts, since the author of an object chooses how much of it is wrong. Responses may
// share their lists: those that change are copied.
func bound(r *admissionv1.AdmissionResponse) {
	if r.Result != nil {
		r.Result.Message = cut(r.Result.Message)
	}
	if slices.ContainsFunc(r.Warnings, tooLong) {
		r.Warnings = slices.Clone(r.Warnings)
		for i := range r.Warnings {
			r.Warnings[i] = cut(r.Warnings[i])
		}
	}
	for key, value := range r.AuditAnnotations {
		if tooLong(value) {
			r.AuditAnnotations = maps.Clone(r.AuditAnnotations)
			r.AuditAnnotations[key] = cut(value)
		}
	}
}

func tooLong(text string) bool { return len(text) > longest }

func cut(text string) string {
	if !tooLong(text) {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

func write(w http.ResponseWriter, response *admissionv1.AdmissionResponse) {
	bound(response)
	data, err := json.Marshal(answer{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"},
		Response: response,
	})
	if err != nil {
		http.Error(w, errInternal.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}
