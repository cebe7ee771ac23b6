// Package battery sends the same requests to every endpoint that gives a
// verdict: the evaluator in process, the webhook over HTTPS, and a real API
// server. The questions are data, in testdata: a request, the policy and the kits
// of its namespace, the expected verdict and what its message must say.
//
// A case is added by adding a document to a file in testdata/cases. Its objects
// begin with a valid one and break one thing.
package battery

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Verdict is what came of a request.
type Verdict struct {
	Allowed bool
	// Messages are why it was denied, and the warnings where it was not.
	Messages []string
	// Audited says that the audit log holds what was wrong; nil where the endpoint
	// does not show it.
	Audited *bool
}

// Submit puts a case's request to an evaluator.
type Submit func(context.Context, testing.TB, *Case) Verdict

// Options are how to run the battery.
type Options struct {
	// Cases are those of testdata where it is nil.
	Cases []*Case
	// Submit is the endpoint.
	Submit Submit
	// Like is another endpoint: both must give the same verdicts, and the same words
	// where both put the question to the evaluator.
	Like Submit
	// Skip gives the reason why a case cannot come to this endpoint, "" if it
	// can. The log says how many were left out.
	Skip func(*Case) string
}

// Run puts every case through one endpoint.
func Run(t *testing.T, o Options) {
	t.Helper()
	if o.Cases == nil {
		o.Cases = Cases(t)
	}
	out := 0
	for _, c := range o.Cases {
		if o.Skip != nil && o.Skip(c) != "" {
			out++
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			got := o.Submit(t.Context(), t, c)
			c.compare(t, got)
			if o.Like != nil {
				c.agree(t, got, o.Like(t.Context(), t, c))
			}
		})
	}
	if out > 0 {
		t.Logf("%d of %d cases do not come to this endpoint", out, len(o.Cases))
	}
}

func (c *Case) agree(t *testing.T, a, b Verdict) {
	t.Helper()
	words := c.Snapshot.invalid() || a.unjudged() || b.unjudged() || slices.Equal(timeless(a.Messages), timeless(b.Messages))
	if a.Allowed != b.Allowed || !words {
		t.Errorf("the endpoints differ:\n%v %q\n%v %q", a.Allowed, a.Messages, b.Allowed, b.Messages)
	}
}

// moment is a time in RFC 3339. Each endpoint makes its own times from now.
var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

func timeless(messages []string) []string {
	all := make([]string, len(messages))
	for i, message := range messages {
		all[i] = moment.ReplaceAllString(message, "TIME")
	}
	return all
}

// unjudged says that a look-up failed before the evaluator was asked.
func (v Verdict) unjudged() bool {
	return len(v.Messages) == 1 && strings.HasPrefix(v.Messages[0], "kubectl-flare cannot evaluate this request: ")
}

// compare reports what Problems finds.
func (c *Case) compare(t *testing.T, got Verdict) {
	t.Helper()
	for _, problem := range c.Problems(got) {
		t.Error(problem)
	}
}

// Problems demands the expected verdict, and each expected message. Who is not
// expected to read anything must not.
func (c *Case) Problems(got Verdict) []string {
	if want := c.Want.Verdict != Denied; got.Allowed != want {
		return []string{fmt.Sprintf("allowed is %v, want %s; messages: %q", got.Allowed, c.Want.Verdict, got.Messages)}
	}
	var problems []string
	for _, want := range c.Want.Messages {
		form, err := regexp.Compile(want)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", c.Source, err))
			continue
		}
		if !slices.ContainsFunc(got.Messages, form.MatchString) {
			problems = append(problems, fmt.Sprintf("no message matches %q: %q", want, got.Messages))
		}
	}
	if silent := c.Want.Verdict == Allowed || c.Want.Verdict == Audited; silent && len(got.Messages) > 0 {
		problems = append(problems, fmt.Sprintf("a message was sent: %q", got.Messages))
	}
	if got.Audited != nil && *got.Audited != (c.Want.Verdict == Audited) {
		problems = append(problems, fmt.Sprintf("the audit log holds a message: %v, want %s", *got.Audited, c.Want.Verdict))
	}
	return problems
}
