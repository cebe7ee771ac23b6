package nvflare

import (
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// option is one flag of a job process with its value: either form accepts it, or it is a
// URL of the host and port, or it is parts joined.
type option struct {
	flag  string
	form  func(string) bool
	url   bool
	host  string
	port  int
	parts [7]string
	// seen says that the flag was given: it cannot be given twice.
	seen bool
}

func (o *option) takes(value string) bool {
	switch {
	case o.form != nil:
		return o.form(value)
	case o.url:
		return isURL(value, o.host, o.port)
	}
	return joined(value, o.parts)
}

// joined says whether a value consists of the parts. It does not allocate.
func joined(value string, parts [7]string) bool {
	for _, part := range parts {
		rest, ok := strings.CutPrefix(value, part)
		if !ok {
			return false
		}
		value = rest
	}
	return value == ""
}

// jobOptions are the flags that NVFLARE's launcher writes for a job process. Source:
// reference pods of 2.9.0, made by the real launcher.
func jobOptions(p profiles.Process, id profiles.Identity, job string) []option {
	common := [10]option{
		{flag: "-m", parts: [7]string{id.Workspace}}, {flag: "-n", form: isJobID},
		{flag: "-p", url: true, host: id.Object},
		{flag: "--parent_conn_sec", parts: [7]string{"mtls"}},
	}
	if p.Role == nvflare.RoleServer {
		return append(common[:4],
			option{flag: "-s", parts: [7]string{nvflare.ServerConfig}},
			option{flag: "-r", parts: [7]string{id.Workspace, "/", job, "/app_server"}},
			option{flag: "-u", url: true, host: "0", port: id.Server.Port},
			option{flag: "--host", parts: [7]string{id.Participant}},
			option{flag: "--port", parts: [7]string{strconv.Itoa(id.Server.Port)}})
	}
	return append(common[:4],
		option{flag: "-s", parts: [7]string{nvflare.ClientConfig}},
		option{flag: "-w", parts: [7]string{id.Workspace, "/startup"}},
		option{flag: "-c", parts: [7]string{id.Participant}},
		option{flag: "-g", parts: [7]string{id.Server.Host, ":", strconv.Itoa(id.Server.Port)}},
		option{flag: "-scheme", form: isScheme})
}

// job requires pairs of a flag and a value up to --set, with each flag exactly once.
func (a argv) job(p profiles.Process, id profiles.Identity) []profiles.Problem {
	options := jobOptions(p, id, a.jobID())
	i := 4
	for ; i < a.len() && a.at(i) != "--set"; i += 2 {
		o := find(options, a.at(i))
		if o == nil {
			return a.unknown(i, a.at(i))
		}
		if value := a.at(i + 1); !o.takes(value) {
			return a.wrong(min(i+1, a.len()-1), fixArgv, "the value %q of %s does not match the kit, or is not one that the launcher writes", value, o.flag)
		}
		*o = option{seen: true}
	}
	for k := range options {
		if o := &options[k]; !o.seen {
			return a.wrong(3, fixArgv, "the argument %s is missing", o.flag)
		}
	}
	if i >= a.len() {
		return a.wrong(3, fixArgv, "the argument --set is missing")
	}
	return a.settings(i+1, p, id)
}

func find(options []option, flag string) *option {
	for i := range options {
		if flag != "" && options[i].flag == flag {
			return &options[i]
		}
	}
	return nil
}

// unknown has a special message for the flags with tokens that NVFLARE 2.8 writes, which
// `kubectl get pod` shows.
func (a argv) unknown(i int, flag string) []profiles.Problem {
	switch flag {
	case "-t", "-ts", "-d":
		return a.wrong(i, fixToken, "%s passes a token in the arguments, where anyone who can get the pod can read it", flag)
	}
	return a.wrong(i, fixArgv, "the argument %q is not allowed, or occurs twice", flag)
}

// jobID is the value of -n, which is part of other values, or "" if there is none.
func (a argv) jobID() string {
	for i := 4; i+1 < a.len(); i += 2 {
		if a.at(i) == "-n" && isJobID(a.at(i+1)) {
			return a.at(i + 1)
		}
	}
	return ""
}
