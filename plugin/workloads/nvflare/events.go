package nvflare

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
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
}

// maxLine bounds one event: a list of several thousand jobs fits.
const maxLine = 16 << 20

// readEvents passes on each event until the stream ends. An event of kind error becomes an
// error; a stream without events is workloads.ErrInterrupted.
func readEvents(stream io.Reader, handle func(event) error) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	answered := false
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("the output of the admin pod cannot be read: %w", err)
		}
		answered = true
		if e.Event == "error" {
			return e.failure()
		}
		if err := handle(e); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil || answered {
		return err
	}
	return workloads.ErrInterrupted
}

// failure explains an exception of NVFLARE's API.
func (e event) failure() error {
	message := strings.TrimSpace(e.Message)
	switch e.Kind {
	case "NoConnection":
		return fmt.Errorf("%w: %s; check with `kubectl flare status -A` whether it is ready", workloads.ErrUnreachable, message)
	case "AuthenticationError":
		return fmt.Errorf("the FL server does not accept the admin's kit: %s; check with `kubectl flare kit verify DIR` that it belongs to this federation and has not expired", message)
	case "AuthorizationError":
		return fmt.Errorf("the FL server does not allow this admin to do that: %s", message)
	case "JobNotFound":
		return fmt.Errorf("the FL server has no such job: %s; list its jobs with `kubectl flare job list`", message)
	case "InvalidJobDefinition":
		return fmt.Errorf("the FL server rejects the job folder: %s", message)
	case "JobNotDone":
		return fmt.Errorf("the job has not finished: %s; wait for it with `kubectl flare job wait`", message)
	}
	return fmt.Errorf("the FL server failed: %s: %s", e.Kind, message)
}
