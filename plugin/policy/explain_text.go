package policy

import (
	"fmt"
	"io"
	"strings"
)

func (r *ExplainReport) writeText(out io.Writer) error {
	for n, item := range r.Items {
		if n > 0 {
			fmt.Fprintln(out)
		}
		if _, err := fmt.Fprintln(out, strings.Join(item.lines(), "\n")); err != nil {
			return err
		}
	}
	return nil
}

func (i *ExplainItem) lines() []string {
	lines := []string{fmt.Sprintf("%s %s/%s: %s", i.Kind, i.Namespace, i.Name, i.verdict()), ""}
	lines = append(lines, i.policyLines()...)
	lines = append(lines, i.entryLines()...)
	lines = append(lines, i.matchLines()...)
	if len(i.Checks) > 0 {
		lines = append(lines, "Checks:")
	}
	for _, c := range i.Checks {
		lines = append(lines, fmt.Sprintf("  %-15s %s", c.ID, c.Verdict))
		for _, r := range c.Results {
			lines = append(lines, resultLines("    ", r)...)
		}
	}
	for _, r := range i.Results {
		lines = append(lines, resultLines("  ", r)...)
	}
	if len(i.Mutated) > 0 {
		lines = append(lines, "The webhook adds or changes: "+strings.Join(i.Mutated, ", "))
	}
	for _, note := range i.Notes {
		lines = append(lines, "Note: "+note)
	}
	return lines
}

func (i *ExplainItem) verdict() string {
	if i.Reason == "" {
		return i.Verdict
	}
	return i.Verdict + ": " + i.Reason
}

func (i *ExplainItem) policyLines() []string {
	p := i.Policy
	switch {
	case !p.Governed:
		return []string{"Policy: none"}
	case !p.Exists:
		return []string{fmt.Sprintf("Policy: %s, which does not exist; %s", p.Name, p.Why)}
	case !p.Valid:
		return []string{fmt.Sprintf("Policy: %s, which is invalid; %s", p.Name, p.Why)}
	}
	return []string{fmt.Sprintf("Policy: %s (%s); %s", p.Name, p.Enforcement, p.Why)}
}

func (i *ExplainItem) entryLines() []string {
	if len(i.Entries) == 0 {
		return []string{"Webhook: no webhook would see it"}
	}
	lines := []string{"Webhook, according to " + i.EntriesFrom + ":"}
	for _, e := range i.Entries {
		verb := "sees"
		if !e.Sees {
			verb = "does not see"
		}
		lines = append(lines, fmt.Sprintf("  %s %s %s (failurePolicy %s): %s", e.Webhook, verb, strings.Join(e.Requests, ", "), e.FailurePolicy, e.Why))
	}
	return lines
}

func (i *ExplainItem) matchLines() []string {
	if i.Role == "" && len(i.Matched) == 0 {
		return nil
	}
	lines := []string{"Matched:"}
	if i.Role != "" {
		lines[0] = "Matched, as a pod with the role " + i.Role + ":"
	}
	for _, m := range i.Matched {
		entry := m.Entry
		if entry == "" {
			entry = "no entry"
		}
		line := fmt.Sprintf("  %s: %s", m.What, entry)
		if m.Detail != "" {
			line += " (" + m.Detail + ")"
		}
		lines = append(lines, line)
	}
	return lines
}
