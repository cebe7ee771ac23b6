package clients

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// A 403 has four very different senders: RBAC, quota, Pod Security and
// admission webhooks or policies. Only the message tells which; these are the
// forms that the API server writes.
var (
	rbacDenied     = regexp.MustCompile(`User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?`)
	quotaExceeded  = regexp.MustCompile(`exceeded quota: (.*)$`)
	quotaMustSay   = regexp.MustCompile(`failed quota: (.*)$`)
	podSecurity    = regexp.MustCompile(`violates PodSecurity "([^"]+)": (.*)$`)
	webhookDenied  = regexp.MustCompile(`(?s)admission webhook "([^"]+)" denied the request: (.*)$`)
	policyDenied   = regexp.MustCompile(`(?s)ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied request: (.*)$`)
	isTerminating  = regexp.MustCompile(`because it is being terminated`)
	forbiddenBlock = []struct {
		form *regexp.Regexp
		say  func(m []string) string
	}{
		{rbacDenied, explainRBAC},
		{quotaExceeded, func(m []string) string {
			return "the namespace's quota leaves no room: " + m[1] + "; delete something, ask for less, or have the quota raised"
		}},
		{quotaMustSay, func(m []string) string {
			return "the namespace's quota demands sizes: " + m[1] + "; give --cpu and --memory"
		}},
		{podSecurity, func(m []string) string {
			return fmt.Sprintf("the namespace's Pod Security level %q refuses the pod: %s", m[1], m[2])
		}},
		{webhookDenied, func(m []string) string { return fmt.Sprintf("admission webhook %q refuses: %s", m[1], m[2]) }},
		{policyDenied, func(m []string) string { return fmt.Sprintf("admission policy %q refuses: %s", m[1], m[3]) }},
		{isTerminating, func([]string) string {
			return "the namespace is being deleted: wait until it is gone, or give another with -n"
		}},
	}
)

// Refusal puts a refusal's message into plain words; ok says whether its form
// was known. Conditions of a ReplicaSet or Deployment quote the same messages.
func Refusal(message string) (text string, ok bool) {
	for _, f := range forbiddenBlock {
		if m := f.form.FindStringSubmatch(message); m != nil {
			return f.say(m), true
		}
	}
	return strings.TrimSpace(message), false
}

func explainForbidden(err error) error {
	if text, ok := Refusal(err.Error()); ok {
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
	return fmt.Sprintf("user %q may not %s %s %s: ask for a Role that allows it (`kubectl auth can-i %s %s%s` checks)",
		cmp.Or(user, "system:anonymous"), verb, resource, scope, verb, resource, flag)
}
