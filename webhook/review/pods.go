package review

import (
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"
)

// maxPods is the largest body, in bytes, whose pods are decoded together with the request.
const maxPods = 64 << 10

// podRequest has pods in place of the raw objects of a request.
type podRequest struct {
	*admissionv1.AdmissionRequest

	Object    *corev1.Pod `json:"object"`
	OldObject *corev1.Pod `json:"oldObject"`
}

// Pods decodes a request about pods in one pass: the objects are in Object.Object and
// OldObject.Object, and their Raw is empty. It returns nil for whatever needs a closer look,
// such as a problem, an unknown field, another kind, or a large body.
func Pods(body []byte) *admission.Request {
	if len(body) > maxPods {
		return nil
	}
	out := &admission.Request{}
	in := struct {
		metav1.TypeMeta `json:",inline"`
		Request         *podRequest `json:"request"`
	}{Request: &podRequest{AdmissionRequest: &out.AdmissionRequest}}
	problems, err := kjson.UnmarshalStrict(body, &in, kjson.DisallowDuplicateFields, kjson.DisallowUnknownFields)
	pods := metav1.GroupVersionKind{Version: "v1", Kind: "Pod"}
	if err != nil || len(problems) > 0 || in.Request == nil || out.Kind != pods || !isReview(in.TypeMeta) || out.UID == "" {
		return nil
	}
	// An interface with a nil pointer is not nil.
	if in.Request.Object != nil {
		out.Object.Object = in.Request.Object
	}
	if in.Request.OldObject != nil {
		out.OldObject.Object = in.Request.OldObject
	}
	return out
}

func isReview(t metav1.TypeMeta) bool {
	return t.APIVersion == admissionv1.SchemeGroupVersion.String() && t.Kind == "AdmissionReview"
}
