package policy

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

func (r *CheckReport) writeText(out io.Writer) error {
	for _, item := range r.Items {
		if err := item.writeText(out); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d allowed, %d denied, %d not evaluated\n", r.Summary.Allowed, r.Summary.Denied, r.Summary.NotEvaluated)
	return err
}

func (i CheckItem) writeText(out io.Writer) error {
	verdict := i.Verdict
	if i.Policy != "" {
		verdict += " by SitePolicy " + i.Policy
	}
	if i.Reason != "" {
		verdict += ": " + i.Reason
	}
	lines := []string{fmt.Sprintf("%s: %s %s", i.Place, i.object(), verdict)}
	for _, result := range i.Results {
		lines = append(lines, resultLines("  ", result)...)
	}
	if len(i.Mutated) > 0 {
		lines = append(lines, "  the webhook adds or changes: "+strings.Join(i.Mutated, ", "))
	}
	for _, note := range i.Notes {
		lines = append(lines, "  note: "+note)
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func (i CheckItem) object() string {
	name := i.Name
	if i.Namespace != "" {
		name = i.Namespace + "/" + name
	}
	return i.Kind + " " + name
}

// resultLines are the problem and, on a line of its own, the fix.
func resultLines(indent string, r checks.Result) []string {
	fix := r.Fix
	r.Fix = ""
	lines := []string{indent + "- " + r.String()}
	if fix != "" {
		lines = append(lines, indent+"  fix: "+fix)
	}
	return lines
}
