package nvflare

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Environment implements profiles.Grammar. It allows only listed variables, and demands the
// one that keeps Python from loading code from the working directory.
func (g *grammar) Environment(c *corev1.Container) []profiles.Problem {
	var problems []profiles.Problem
	for i := range c.Env {
		detail, listed := envProblem(c, &c.Env[i], g.Process, g.Identity)
		if detail == "" {
			continue
		}
		problem := profiles.Problem{Field: fmt.Sprintf("env[%d]", i), Detail: detail, Fix: profiles.FixVariable}
		if !listed {
			problem.Unlisted = c.Env[i].Name
		}
		problems = append(problems, problem)
	}
	return append(problems, profiles.MissingSafePath(c)...)
}

// envProblem says what is wrong with a variable. listed is false for a variable with a
// literal value that NVFLARE does not use: the policy may allow it.
func envProblem(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, listed bool) {
	if p.Kind == profiles.KindJob {
		if detail, known := jobEnv(c, e, p, id); known {
			return detail, true
		}
	}
	return profiles.PythonVariable(e)
}

// jobEnv evaluates the variables that the launcher sets in job pods. Source: reference pods
// of 2.9.0.
func jobEnv(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, known bool) {
	var want [7]string
	site := nvflare.SiteName(id.Participant, p.Role)
	switch e.Name {
	case "PYTHONPATH":
		want = [7]string{id.Workspace, "/", argv{profiles.WordsOf(c)}.jobID(), "/app_", site, "/custom"}
	case "NVFL_WORKSPACE_OWNER_FQCN":
		want = [7]string{site}
	case "NVFLARE_JOB_AUTH_TOKEN", "NVFLARE_JOB_TOKEN_SIGNATURE", "NVFLARE_JOB_SSID", "NVFL_WORKSPACE_TRANSFER_TOKEN":
		return credential(e, id), true
	default:
		return "", false
	}
	if e.ValueFrom == nil && joined(e.Value, want[:]...) {
		return "", true
	}
	return profiles.Sprintf("%s is %q, but must be %q, as the launcher writes it", e.Name, e.Value, strings.Join(want[:], "")), true
}

// credential requires that a variable comes from the Secret of this pod: another pod's
// Secret has the tokens of another job.
func credential(e *corev1.EnvVar, id profiles.Identity) string {
	if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil {
		return e.Name + " must come from the job's Secret"
	}
	ref := e.ValueFrom.SecretKeyRef
	if pod, ok := strings.CutPrefix(ref.Name, nvflare.PrefixCredentials); ok && pod == id.Pod && ref.Key == e.Name {
		return ""
	}
	return profiles.Sprintf("%s comes from key %q of Secret %q, but must come from the key of its own name in %q", e.Name, ref.Key, ref.Name, nvflare.PrefixCredentials+id.Pod)
}
