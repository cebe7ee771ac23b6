package profiles

import (
	"regexp"

	"github.com/kubectl-flare/kubectl-flare/policies/startupkit"
)

// option is what may follow one flag of a job process: a fixed value or a form.
type option struct {
	fixed string
	form  *regexp.Regexp
	// optional flags are those that older launchers do not write.
	optional bool
}

func (o option) takes(value string) bool {
	if o.form != nil {
		return o.form.MatchString(value)
	}
	return value == o.fixed
}

// jobOptions are the flags that NVFLARE's launcher writes for a job process.
// Source: reference pods of 2.9.0, made by the real launcher.
func jobOptions(p Process, id Identity, job string) map[string]option {
	options := map[string]option{
		"-m": {fixed: id.Workspace}, "-n": {form: jobID}, "-p": {form: url},
		"--parent_conn_sec": {form: conn, optional: true},
	}
	if p.Role == startupkit.RoleServer {
		options["-s"] = option{fixed: "fed_server.json"}
		options["-r"] = option{fixed: id.Workspace + "/" + job + "/app_server"}
		options["-u"] = option{form: url}
		options["--host"] = option{form: host}
		options["--port"] = option{form: port}
		return options
	}
	options["-s"] = option{fixed: "fed_client.json"}
	options["-w"] = option{fixed: id.Workspace + "/startup"}
	options["-c"] = option{fixed: id.Participant}
	options["-g"] = option{form: address}
	options["-scheme"] = option{form: scheme}
	return options
}

// job checks pairs of flag and value up to --set: each flag once, all of them.
func (a argv) job(p Process, id Identity) []Problem {
	options := jobOptions(p, id, a.jobID())
	i := 4
	for ; i < len(a.words) && a.words[i] != "--set"; i += 2 {
		flag, value := a.words[i], a.at(i+1)
		o, ok := options[flag]
		if !ok {
			return a.unknown(i, flag)
		}
		if !o.takes(value) {
			return a.wrong(min(i+1, len(a.words)-1), fixArgv, "the value %q of %s is not what the kit and the launcher say", value, flag)
		}
		delete(options, flag)
	}
	for flag, o := range options {
		if !o.optional {
			return a.wrong(3, fixArgv, "the argument %s is missing", flag)
		}
	}
	if i >= len(a.words) {
		return a.wrong(3, fixArgv, "the argument --set is missing")
	}
	return a.settings(i+1, p, id)
}

// unknown knows the flags with which 2.8 puts tokens where `kubectl get pod`
// shows them.
func (a argv) unknown(i int, flag string) []Problem {
	switch flag {
	case "-t", "-ts", "-d":
		return a.wrong(i, fixToken, "%s hands over a token in the arguments, where everybody can read it", flag)
	}
	return a.wrong(i, fixArgv, "the argument %q is not allowed, or stands twice", flag)
}

// jobID is the value of -n, which other values repeat; "" where there is none.
func (a argv) jobID() string {
	for i := 4; i+1 < len(a.words); i += 2 {
		if a.words[i] == "-n" && jobID.MatchString(a.words[i+1]) {
			return a.words[i+1]
		}
	}
	return ""
}
