package nvflare

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// event is one line of the output of session.py.
type event struct {
	Event   string            `json:"event"`
	Server  string            `json:"server"`
	JobID   string            `json:"job_id"`
	Status  string            `json:"status"`
	Folder  string            `json:"folder"`
	Kind    string            `json:"kind"`
	Message string            `json:"message"`
	Meta    map[string]any    `json:"meta"`
	Jobs    []json.RawMessage `json:"jobs"`
	// Errors are the ends of error logs of a job, by site.
	Errors map[string]string `json:"errors"`
}

// failure explains an exception of NVFLARE's API, which is an event of kind error.
func (e event) failure() error {
	if e.Event != "error" {
		return nil
	}
	message := strings.TrimSpace(e.Message)
	switch e.Kind {
	case "NoConnection":
		return fmt.Errorf("%w: %s; check with `kubectl flare status -A` whether it is ready", workloads.ErrUnreachable, message)
	case "AuthenticationError":
		return fmt.Errorf("the FL server does not accept the admin's kit: %s; check with `kubectl flare kit verify DIR` that it belongs to this federation and has not expired", message)
	case "AuthorizationError":
		return fmt.Errorf("the FL server does not allow this admin to do that: %s", message)
	case "JobNotFound":
		return fmt.Errorf("the FL server has no such job: %s; list its jobs with `kubectl flare job list`, and give --study for one of a study", message)
	case "Unsupported":
		return fmt.Errorf("the admin's pod cannot do that: %s", message)
	case "InvalidJobDefinition":
		return fmt.Errorf("the FL server rejects the job folder: %s", message)
	case "JobNotDone":
		return fmt.Errorf("the job has not finished: %s; wait for it with `kubectl flare job wait`", message)
	}
	return fmt.Errorf("the FL server failed: %s: %s", e.Kind, message)
}
