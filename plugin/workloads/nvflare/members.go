package nvflare

import (
	"regexp"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// What a server logs of its clients (nvflare/private/fed/server/{client_manager,fed_server}.py
// of 2.9).
var (
	clientJoins  = regexp.MustCompile(`Client: New client ([^@ ]+)@.* joined\.|Re-activate the client: ?([^ ]+) at |Client: ([^ ]+) already registered\. Re-login`)
	clientLeaves = regexp.MustCompile(`Client Name: ?([^ ]+) left\.`)
)

// Member implements workloads.ServerLog.
func (Workloads) Member(line string) (participant string, joined, ok bool) {
	line = ansi.Strip(line)
	if m := clientLeaves.FindStringSubmatch(line); m != nil {
		return m[1], false, true
	}
	m := clientJoins.FindStringSubmatch(line)
	if m == nil {
		return "", false, false
	}
	return m[1] + m[2] + m[3], true, true
}
