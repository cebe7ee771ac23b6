package nvflare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// jobFlags are the flags that NVFLARE's launcher writes for a job process, each with a
// value. Source: reference pods of 2.9.0, made by the real launcher.
func jobFlags(role kit.Role) [9]string {
	if role == nvflare.RoleServer {
		return [...]string{"-m", "-n", "-p", "--parent_conn_sec", "-s", "-r", "-u", "--host", "--port"}
	}
	return [...]string{"-m", "-n", "-p", "--parent_conn_sec", "-s", "-w", "-c", "-g", "-scheme"}
}

// takes says whether the launcher writes this value for one of jobFlags.
func (g *grammar) takes(flag, value, job string) bool {
	id := &g.Identity
	switch flag {
	case "-m":
		return value == id.Workspace
	case "-n":
		return isJobID(value)
	case "-p":
		return isURL(value, id.Object, 0)
	case "--parent_conn_sec":
		return value == "mtls"
	case "-s":
		return value == nvflare.Config(g.Process.Role)
	}
	if g.Process.Role == nvflare.RoleServer {
		return g.serverTakes(flag, value, job)
	}
	return g.clientTakes(flag, value)
}

// adminListener is the end of the server's address for itself if admins dial the same port.
// Source: nvflare/private/fed/server/fed_server.py, 2.9.0.
const adminListener = "?admin_listener=true"

func (g *grammar) serverTakes(flag, value, job string) bool {
	id := &g.Identity
	switch flag {
	case "-r":
		return joined(value, id.Workspace, "/", job, "/app_server")
	case "-u":
		value, _ = strings.CutSuffix(value, adminListener)
		return isURL(value, "0", id.Server.Port)
	case "--host":
		return value == id.Participant
	case "--port":
		return isPort(value, id.Server.Port)
	}
	return false
}

func (g *grammar) clientTakes(flag, value string) bool {
	id := &g.Identity
	switch flag {
	case "-w":
		return joined(value, id.Workspace, "/startup")
	case "-c":
		return value == id.Participant
	case "-g":
		host, port, ok := strings.Cut(value, ":")
		return ok && host == id.Server.Host && isPort(port, id.Server.Port)
	case "-scheme":
		return isScheme(value)
	}
	return false
}

// isPort says whether a text is the port in its usual spelling.
func isPort(text string, port int) bool {
	var digits [20]byte
	return text == string(strconv.AppendInt(digits[:0], int64(port), 10))
}

// joined says whether a value consists of the parts. It does not allocate.
func joined(value string, parts ...string) bool {
	for _, part := range parts {
		rest, ok := strings.CutPrefix(value, part)
		if !ok {
			return false
		}
		value = rest
	}
	return value == ""
}

// job requires pairs of a flag and a value up to --set, with each flag exactly once.
func (g *grammar) job(a argv) []profiles.Problem {
	missing, job := jobFlags(g.Process.Role), a.jobID()
	i := 4
	for ; i < a.Len() && a.At(i) != "--set"; i += 2 {
		flag := a.At(i)
		k := slices.Index(missing[:], flag)
		if k < 0 || flag == "" {
			return a.unknown(i, flag)
		}
		if value := a.At(i + 1); !g.takes(flag, value, job) {
			return a.Wrong(min(i+1, a.Len()-1), fixArgv, "the value %q of %s does not match the kit, or is not one that the launcher writes", value, flag)
		}
		missing[k] = ""
	}
	for _, flag := range missing {
		if flag != "" {
			return a.Wrong(3, fixArgv, "the argument %s is missing", flag)
		}
	}
	if i >= a.Len() {
		return a.Wrong(3, fixArgv, "the argument --set is missing")
	}
	return a.settings(i+1, g.Process, g.Identity)
}

// unknown has a special message for the flags with tokens that NVFLARE 2.8 writes, which
// `kubectl get pod` shows.
func (a argv) unknown(i int, flag string) []profiles.Problem {
	switch flag {
	case "-t", "-ts", "-d":
		return a.Wrong(i, fixToken, "%s passes a token in the arguments, where anyone who can get the pod can read it", flag)
	}
	return a.Wrong(i, fixArgv, "the argument %q is not allowed, or occurs twice", flag)
}

// jobID is the value of -n, which is part of other values, or "" if there is none.
func (a argv) jobID() string {
	for i := 4; i+1 < a.Len(); i += 2 {
		if a.At(i) == "-n" && isJobID(a.At(i+1)) {
			return a.At(i + 1)
		}
	}
	return ""
}
