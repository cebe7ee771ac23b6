package nvflare

import (
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

const fixEnv = "remove it: code in the image can read its settings from local/"

// plainValue is the form of a value that Kubernetes does not expand and that is not a path.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.,:@+-]*$`)

// zone is the form of a time zone's name.
var zone = regexp.MustCompile(`^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$`)

// Environment implements profiles.Grammar. It allows only listed variables, since there are
// too many with which Python, its loader and its libraries run other code (LD_PRELOAD,
// PYTHONPATH, PYTHONSTARTUP, …) or use other devices (NVIDIA_VISIBLE_DEVICES). It demands
// the one that keeps Python from loading code from the working directory.
func (g *grammar) Environment(c *corev1.Container) []profiles.Problem {
	var problems []profiles.Problem
	safe := false
	for i := range c.Env {
		safe = safe || c.Env[i].Name == nvflare.SafePath
		detail, listed := envProblem(c, &c.Env[i], g.Process, g.Identity)
		if detail == "" {
			continue
		}
		problem := profiles.Problem{Field: fmt.Sprintf("env[%d]", i), Detail: detail, Fix: fixEnv}
		if !listed {
			problem.Unlisted = c.Env[i].Name
		}
		problems = append(problems, problem)
	}
	if !safe {
		problems = append(problems, profiles.Problem{
			Field: "env", Fix: "set " + nvflare.SafePath + ` to "` + nvflare.SafePathValue + `"`,
			Detail: nvflare.SafePath + " is missing: Python would load modules from the image's working directory, which may be the workspace",
		})
	}
	return problems
}

// envProblem says what is wrong with a variable. listed is false for a variable with a
// literal value that NVFLARE does not use: the policy may allow it.
func envProblem(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, listed bool) {
	if p.Kind == profiles.KindJob {
		if detail, known := jobEnv(c, e, p, id); known {
			return detail, true
		}
	}
	if e.ValueFrom != nil {
		return sprintf("the variable %q has a value from another object or field", e.Name), true
	}
	return literalProblem(e)
}

// literalProblem evaluates a variable with a literal value.
func literalProblem(e *corev1.EnvVar) (detail string, listed bool) {
	ok, want := false, "a plain value"
	switch e.Name {
	case "HOME", "TMPDIR":
		// Python also loads code from $HOME/.local, so HOME must not outlive the pod.
		ok, want = e.Value == scratch, scratch
	case nvflare.SafePath:
		ok, want = e.Value == nvflare.SafePathValue, nvflare.SafePathValue
	case "TZ":
		ok, want = zone.MatchString(e.Value), "a time zone"
	case "LANG", "LC_ALL", "PYTHONUNBUFFERED", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "CUDA_VISIBLE_DEVICES":
		ok = plainValue.MatchString(e.Value)
	default:
		return sprintf("the variable %q is not on the list of allowed ones", e.Name), false
	}
	if ok {
		return "", true
	}
	return sprintf("%s is %q, but must be %s", e.Name, e.Value, want), true
}

// jobEnv evaluates the variables that the launcher sets in job pods. Source: reference pods
// of 2.9.0.
func jobEnv(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, known bool) {
	var want [7]string
	site := nvflare.SiteName(id.Participant, p.Role)
	switch e.Name {
	case "PYTHONPATH":
		want = [7]string{id.Workspace, "/", argv{c.Command, c.Args}.jobID(), "/app_", site, "/custom"}
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
	return sprintf("%s is %q, but must be %q, as the launcher writes it", e.Name, e.Value, strings.Join(want[:], "")), true
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
	return sprintf("%s comes from key %q of Secret %q, but must come from the key of its own name in %q", e.Name, ref.Key, ref.Name, nvflare.PrefixCredentials+id.Pod)
}
