package engine

import (
	"strings"
)

// The steps of a plan, as boards show them. Other packages have further ones before these.
const (
	StepPlan   = "plan"
	StepInject = "inject"
	StepLaunch = "launch"
	StepWait   = "wait"
	StepDone   = "done"
	StepFailed = "failed"
)

// Board shows many plans at once, such as a table on a terminal. A Reporter with a board writes
// no lines about changes itself. It is called from several goroutines.
type Board interface {
	// Step says to which step a plan has come, and what there is to say about it.
	Step(subject, step, detail string)
	// Detail is the latest that is known of a plan.
	Detail(subject, text string)
	// Aside writes a note or a warning, so that it and the board stay apart.
	Aside(write func())
}

// On is the reporter of plans that a board shows.
func (r *Reporter) On(b Board) *Reporter {
	shown := *r
	shown.board = b
	return &shown
}

// Step says to which step the plan has come.
func (r *Reporter) Step(step string) {
	if r != nil && r.board != nil {
		r.board.Step(r.about, step, "")
	}
}

// end says how the plan has ended, at once: the plans that still run may take long.
func (r *Reporter) end(err error) {
	switch {
	case r == nil:
	case r.board != nil && err != nil:
		r.board.Step(r.about, StepFailed, err.Error())
	case r.board != nil:
		r.board.Step(r.about, StepDone, "")
	case err != nil:
		first, _, _ := strings.Cut(err.Error(), "\n")
		r.aside("", "failed: %s", []any{first})
	}
}

// detail shows progress on the board, if there is one.
func (r *Reporter) detail(text string) bool {
	if r.board == nil {
		return false
	}
	r.board.Detail(r.about, strings.TrimSpace(text))
	return true
}

// apart writes without disturbing the board.
func (r *Reporter) apart(write func()) {
	if r.board != nil {
		r.board.Aside(write)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	write()
}
