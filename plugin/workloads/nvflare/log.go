package nvflare

import (
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// Registered says whether a line of a client's log tells that the client has
// registered with its federation's server.
func Registered(line, participant, federation string) bool {
	want := fmt.Sprintf("Successfully registered client:%s for project %s.", participant, federation)
	return strings.Contains(strings.TrimRight(ansi.Strip(line), "\r\n")+".", want)
}
