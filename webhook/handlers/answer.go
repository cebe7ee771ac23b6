package handlers

import (
	"net/http"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// answer says a verdict in the API server's words: 403 and the reasons where it
// denies, and audit annotations in any case.
func answer(decision policies.Decision) admission.Response {
	response := admissionv1.AdmissionResponse{
		Allowed: decision.Allowed, Warnings: decision.Warnings, AuditAnnotations: decision.AuditAnnotations,
	}
	if !decision.Allowed {
		response.Result = forbidden(decision.Message())
	}
	return admission.Response{AdmissionResponse: response}
}

func forbidden(message string) *metav1.Status {
	return &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: message,
	}
}

// The verdicts that no policy has made.
const (
	verdictUndecided = "undecided"
	verdictUnknown   = "unknown"
)

// undecided denies what could not be evaluated.
func (in *Inputs) undecided(handler string, request admission.Request, err error) admission.Response {
	in.Observer.Decided(handler, policies.Operation(request.Operation), "", verdictUndecided)
	in.denied(handler, request, "", err.Error())
	return admission.Response{AdmissionResponse: admissionv1.AdmissionResponse{
		AuditAnnotations: map[string]string{policies.AuditVerdict: verdictUndecided, policies.AuditMessage: err.Error()},
		Result:           forbidden("kubectl-flare cannot evaluate this request: " + err.Error()),
	}}
}

func (in *Inputs) decided(handler string, request admission.Request, decision policies.Decision) {
	verdict, ok := decision.AuditAnnotations[policies.AuditVerdict]
	if !ok {
		verdict = verdictUnknown
	}
	in.Observer.Decided(handler, policies.Operation(request.Operation), decision.Policy, verdict)
	if !decision.Allowed {
		in.denied(handler, request, decision.Policy, decision.Message())
	}
}

// violated counts the checks that failed, each once.
func (in *Inputs) violated(handler, policy, framework string, decision policies.Decision) {
	counted := map[string]bool{}
	for _, result := range decision.Results {
		if !counted[result.ID] {
			counted[result.ID] = true
			in.Observer.Violated(handler, policy, result.ID, framework)
		}
	}
}

// framework is the framework of the accepted kits of a request, "" if there is none, or if they
// are of several.
func (e *evaluation) framework() string {
	found := ""
	for _, kit := range e.facts.Kits {
		if kit.Error != "" {
			continue
		}
		if found != "" && kit.Framework != found {
			return ""
		}
		found = kit.Framework
	}
	return found
}

func (in *Inputs) denied(handler string, request admission.Request, policy, message string) {
	first, _, _ := strings.Cut(message, "\n")
	in.Observer.Denied(Denial{
		Handler: handler, Policy: policy, User: request.UserInfo.Username, Operation: string(request.Operation),
		Namespace: request.Namespace, Resource: request.Resource.Resource, Name: request.Name, Subresource: request.SubResource,
		Message: first,
	})
}
