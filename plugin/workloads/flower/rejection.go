package flower

import (
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// What a SuperNode logs when its SuperLink does not activate it. Later versions log the last one
// whatever the reason is. Source: server/superlink/fleet/message_handler/message_handler.py, 1.36.0;
// superlink/servicer/fleet/fleet_handlers.py and supercore/error/catalog.py, 1.42.0.
const (
	unregistered = "No SuperNode found with the given public key"
	unavailable  = " could not be activated"
	rejected     = "Failed to activate SuperNode"
)

// forgotten is how long a SuperLink counts a SuperNode as online that no longer says so: two
// intervals of 30 seconds (HEARTBEAT_PATIENCE and HEARTBEAT_DEFAULT_INTERVAL, 1.36.0 and 1.42.0). The kubelet waits up to 40 seconds more before it starts the container again.
const forgotten = 100 * time.Second

const (
	register = "provision its kit together with the SuperLink's, and launch the SuperLink again, which registers it; a key that was removed once is never accepted again, so provision a new one with --renew"
	wait     = "run each key in one place only; after a crash, the SuperLink needs a minute until it accepts the key again"
)

// Rejection explains why a SuperNode is not activated.
func (Workloads) Rejection(line string) (workloads.Rejection, bool) {
	switch {
	case strings.Contains(line, unregistered):
		return workloads.Rejection{Reason: "the SuperLink does not know the SuperNode's key: " + register}, true
	case strings.Contains(line, unavailable):
		return workloads.Rejection{Reason: "the SuperLink does not accept the SuperNode's key, since it is online already: " + wait, Passes: forgotten}, true
	case strings.Contains(line, rejected):
		return workloads.Rejection{
			Reason: "the SuperLink does not accept the SuperNode's key. Either the key is online already: " + wait + ". Or it is not registered: " + register,
			Passes: forgotten,
		}, true
	}
	return workloads.Rejection{}, false
}
