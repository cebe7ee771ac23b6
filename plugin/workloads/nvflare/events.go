package nvflare

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// event is one line of what session.py says.
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

// maxLine bounds one event: a list of some thousand jobs fits.
const maxLine = 16 << 20

// readEvents hands on each event until the stream ends. An event of kind error
// becomes an error; a stream without any event is workloads.ErrInterrupted.
func readEvents(stream io.Reader, handle func(event) error) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	answered := false
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("the admin pod answered in a form that is not understood: %w", err)
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

// failure says what an exception of NVFLARE's API means.
func (e event) failure() error {
	message := strings.TrimSpace(e.Message)
	switch e.Kind {
	case "NoConnection":
		return fmt.Errorf("%w: %s; `kubectl flare status -A` shows whether it runs", workloads.ErrUnreachable, message)
	case "AuthenticationError":
		return fmt.Errorf("the FL server does not accept the admin's kit: %s; is it a kit of this federation, and not expired? `kubectl flare kit verify DIR` tells", message)
	case "AuthorizationError":
		return fmt.Errorf("the FL server does not allow this admin to do that: %s", message)
	case "JobNotFound":
		return fmt.Errorf("the FL server knows no such job: %s; `kubectl flare job list` shows those it has", message)
	case "InvalidJobDefinition":
		return fmt.Errorf("the FL server does not take this folder as a job: %s", message)
	case "JobNotDone":
		return fmt.Errorf("the job has not finished: %s; `kubectl flare job wait` waits for it", message)
	}
	return fmt.Errorf("the FL server answered: %s: %s", e.Kind, message)
}
