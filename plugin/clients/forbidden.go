package clients

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// A 403 comes from RBAC, a quota, Pod Security, or an admission webhook or policy. Only
// the message shows which; these are the forms that the API server writes.
var (
	rbacDenied     = regexp.MustCompile(`User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?`)
	quotaExceeded  = regexp.MustCompile(`exceeded quota: (.*)$`)
	quotaMustSay   = regexp.MustCompile(`failed quota: (.*)$`)
	podSecurity    = regexp.MustCompile(`violates PodSecurity "([^"]+)": (.*)$`)
	sccDenied      = regexp.MustCompile(`(?s)unable to validate against any security context constraint: (.*)$`)
	webhookDenied  = regexp.MustCompile(`(?s)admission webhook "([^"]+)" denied the request: (.*)$`)
	policyDenied   = regexp.MustCompile(`(?s)ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request: (.*)$`)
	isTerminating  = regexp.MustCompile(`because it is being terminated`)
	forbiddenBlock = []struct {
		form *regexp.Regexp
		say  func(m []string) string
	}{
		{rbacDenied, explainRBAC},
		{quotaExceeded, func(m []string) string {
			return "the namespace's quota is exhausted: " + m[1] + "; delete something, request less, or ask for a larger quota"
		}},
		{quotaMustSay, func(m []string) string {
			return "the namespace's quota requires limits: " + m[1] + "; give --cpu and --memory"
		}},
		{podSecurity, func(m []string) string {
			return fmt.Sprintf("the namespace's Pod Security level %q denies the pod: %s", m[1], m[2])
		}},
		{sccDenied, func(m []string) string {
			return "no security context constraint (SCC) of the platform admits the pod: " + m[1] + "; if it is about the user or a group, leave them to the platform with --run-as-user=platform"
		}},
		{webhookDenied, func(m []string) string { return fmt.Sprintf("admission webhook %q denied the request: %s", m[1], m[2]) }},
		{policyDenied, func(m []string) string { return fmt.Sprintf("admission policy %q denied the request: %s", m[1], m[3]) }},
		{isTerminating, func([]string) string {
			return "the namespace is being deleted: wait until it is gone, or give another namespace with -n"
		}},
	}
)

// Denial explains the message of a denial; ok says whether its form is known. The
// conditions of ReplicaSets and Deployments quote the same messages.
func Denial(message string) (text string, ok bool) {
	for _, f := range forbiddenBlock {
		if m := f.form.FindStringSubmatch(message); m != nil {
			return f.say(m), true
		}
	}
	return strings.TrimSpace(message), false
}

func explainForbidden(err error) error {
	if text, ok := Denial(err.Error()); ok {
		return say(err, "%s", text)
	}
	return err
}

func explainRBAC(m []string) string {
	user, verb, resource, group, namespace := m[1], m[2], m[3], m[4], m[5]
	if group != "" {
		resource += "." + group
	}
	scope, flag := "in the whole cluster", ""
	if namespace != "" {
		scope, flag = fmt.Sprintf("in namespace %q", namespace), " -n "+namespace
	}
	return fmt.Sprintf("user %q may not %s %s %s: ask for a Role that allows it (check with `kubectl auth can-i %s %s%s`)",
		cmp.Or(user, "system:anonymous"), verb, resource, scope, verb, resource, flag)
}
