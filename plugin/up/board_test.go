package up

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
)

func boardOf(out *bytes.Buffer, height int, names ...string) *board {
	var all []member
	for _, name := range names {
		m := member{apart: name == "site-2" && len(names) < 10}
		m.Participant = federation.Participant{Name: name}
		m.Context, m.Namespace = "east", "fl"
		all = append(all, m)
	}
	b := &board{out: out, index: map[string]*row{}, size: func() (int, int) { return 60, height }}
	b.add(all)
	return b
}

// A line for each participant, drawn again where it was; notes come above it.
func TestBoard(t *testing.T) {
	var out bytes.Buffer
	b := boardOf(&out, 24, "server1", "site-1", "site-2")
	b.Step("server1", engine.StepWait, "")
	b.Detail("server1", "running, not ready yet")
	b.Step("site-1", engine.StepFailed, "the image cannot be pulled: "+strings.Repeat("x", 80)+"\nmore")
	b.draw()
	require.Equal(t, "PARTICIPANT   WHERE     STEP        DETAIL\n"+
		"server1       east/fl   wait        running, not ready yet\n"+
		"site-1        east/fl   failed      the image cannot be pu…\n"+
		"site-2                  elsewhere\n", out.String())
	out.Reset()
	b.Aside(func() { out.WriteString("Warning: look\n") })
	b.draw()
	require.Regexp(t, `^\x1b\[4A\x1b\[JWarning: look\nPARTICIPANT`, out.String())
}

// More participants than lines: those that have failed or are at work are shown, and all are
// counted.
func TestBoardOfMany(t *testing.T) {
	var out bytes.Buffer
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("site-%d", i))
	}
	b := boardOf(&out, 6, names...)
	for i, step := range []string{engine.StepDone, engine.StepDone, engine.StepLaunch, engine.StepWait, engine.StepWait, engine.StepFailed} {
		b.Step(names[i], step, "")
	}
	b.draw()
	require.Equal(t, "PARTICIPANT   WHERE     STEP     DETAIL\n"+
		"site-5        east/fl   failed\n"+
		"site-2        east/fl   launch\n"+
		"site-3        east/fl   wait\n"+
		"1000 participants: 2 done, 1 failed, 994 to come\n", out.String())
}
