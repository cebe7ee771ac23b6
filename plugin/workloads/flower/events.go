package flower

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// number is an ID. Flower writes IDs as texts in some answers and as numbers in others; as
// numbers, they are too large for a float.
type number string

// UnmarshalJSON accepts both.
func (n *number) UnmarshalJSON(data []byte) error {
	*n = number(bytes.Trim(data, `"`))
	return nil
}

// event is one line of the output of session.py.
type event struct {
	Event   string `json:"event"`
	Run     number `json:"run"`
	Row     row    `json:"row"`
	Log     string `json:"log"`
	Folder  string `json:"folder"`
	Message string `json:"message"`
}

// row is a run as flwr list shows it. Source: flwr/cli/ls.py, 1.36.0 and 1.42.0.
type row struct {
	RunID    number  `json:"run-id"`
	App      string  `json:"fab-id"`
	Version  string  `json:"fab-version"`
	Hash     string  `json:"fab-hash,omitempty"`
	Status   string  `json:"status"`
	Details  string  `json:"status-details,omitempty"`
	Elapsed  float64 `json:"elapsed"`
	Pending  string  `json:"pending-at,omitempty"`
	Running  string  `json:"running-at,omitempty"`
	Finished string  `json:"finished-at,omitempty"`
}

func (r row) cells() []string {
	return []string{string(r.RunID), r.App, r.Version, r.Status, r.Pending, (time.Duration(r.Elapsed) * time.Second).String()}
}

// meta is the row for machines.
func (r row) meta() map[string]any {
	data, _ := json.Marshal(r) // texts and a number can always be marshalled
	var all map[string]any
	_ = json.Unmarshal(data, &all)
	return all
}

// reasons are why a run failed, as the SuperLink knows it.
func (e event) reasons() []string {
	var r reasons
	if details := e.Row.Details; details != "N/A" {
		r.Add(details)
	}
	_ = workloads.ReadLog(strings.NewReader(e.Log), r.ofServer) // a text can always be read
	return r.All()
}

// code begins an error of the Control API. Source: flwr_cli_exc_handler in flwr/cli/utils.py,
// 1.42.0.
var code = regexp.MustCompile(`^\[code: [0-9]+\] `)

// failure explains an error of the flwr CLI, which prints its progress before it.
func (e event) failure() error {
	if e.Event != "error" {
		return nil
	}
	text := strings.TrimSpace(ansi.Strip(e.Message))
	if _, after, ok := strings.Cut(text, "\n\n"); ok && strings.HasPrefix(text, "Using SuperLink: ") {
		text = strings.TrimSpace(after)
	}
	text, _, _ = strings.Cut(code.ReplaceAllString(text, ""), "\nFor more information")
	text, _, _ = strings.Cut(text, "\nThe object reference string")
	text = strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case has("Connection to the SuperLink is unavailable", "502 Bad Gateway", "503 Service", "504 Gateway"):
		return fmt.Errorf("%w: %s; check with `kubectl flare status -A` whether the SuperLink is ready, and that the scientist's kit is of its federation", workloads.ErrUnreachable, text)
	case has("400 Bad Request", "403 Forbidden"):
		return fmt.Errorf("the SuperLink does not accept the scientist's kit: %s; check with `kubectl flare kit verify DIR` that it belongs to this federation and has not expired", text)
	case has("Run ID not found"):
		return errors.New("the SuperLink has no such run: list its runs with `kubectl flare job list`")
	case has("has not finished"):
		return fmt.Errorf("%s; wait for it with `kubectl flare job wait`", text)
	case has("Flower App configuration", "FAB ", "fab-", "pyproject.toml"):
		return fmt.Errorf("the app cannot be bundled: %s", text)
	}
	return fmt.Errorf("the SuperLink failed: %s", text)
}
