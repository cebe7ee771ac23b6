package kit

import (
	"errors"
	"fmt"
	"strings"
)

// Status is the result of a check.
type Status string

// The results of a check. A kit with a failed check must not be used; with a warning,
// the user decides.
const (
	StatusPass Status = "pass"
	StatusWarn Status = "warn"
	StatusFail Status = "fail"
)

// Scope says when a finding matters.
type Scope string

// The scopes. A finding of the scope AtCreate does not matter for running pods, which
// may finish.
const (
	Always   Scope = "Always"
	AtCreate Scope = "AtCreate"
)

// Finding is the result of one check about one part of a kit.
type Finding struct {
	// ID names the check; a check may have several findings.
	ID     string `json:"id"`
	Status Status `json:"status"`
	Scope  Scope  `json:"scope"`
	// Message says what was found.
	Message string `json:"message"`
	// File is the path inside the kit, if the finding is about a file.
	File string `json:"file,omitempty"`
	// Fix says what to do, unless the check passed.
	Fix string `json:"fix,omitempty"`
}

// Pass says that a check has passed. Like Warn and Fail, it takes a format and
// arguments of fmt.Sprintf and makes a finding of the scope Always.
func Pass(id, file, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusPass, Scope: Always, File: file, Message: fmt.Sprintf(format, args...)}
}

// Warn leaves the decision to the user; fix says what to do.
func Warn(id, file, fix, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusWarn, Scope: Always, File: file, Fix: fix, Message: fmt.Sprintf(format, args...)}
}

// Fail rejects the kit; fix says what to do.
func Fail(id, file, fix, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusFail, Scope: Always, File: file, Fix: fix, Message: fmt.Sprintf(format, args...)}
}

// Findings are in the order of the checks.
type Findings []Finding

// Count says how many findings have this status.
func (fs Findings) Count(status Status) int { return len(fs.With(status)) }

// Passed reports whether no check failed.
func (fs Findings) Passed() bool { return fs.Count(StatusFail) == 0 }

// With returns the findings with this status.
func (fs Findings) With(status Status) Findings {
	var out Findings
	for _, f := range fs {
		if f.Status == status {
			out = append(out, f)
		}
	}
	return out
}

// In returns the findings of this scope.
func (fs Findings) In(scope Scope) Findings {
	var out Findings
	for _, f := range fs {
		if f.Scope == scope {
			out = append(out, f)
		}
	}
	return out
}

// At sets the scope of the findings and returns them.
func (fs Findings) At(scope Scope) Findings {
	for i := range fs {
		fs[i].Scope = scope
	}
	return fs
}

// Err names every failed check, one per line. It is nil if none failed.
func (fs Findings) Err() error {
	var all []error
	for _, f := range fs.With(StatusFail) {
		all = append(all, errors.New(f.ID+": "+f.Text()))
	}
	return errors.Join(all...)
}

// Text is the message with its file.
func (f Finding) Text() string { return strings.TrimPrefix(f.File+": "+f.Message, ": ") }
