package kit

import (
	"fmt"
	"io"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/printers"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// StartupKitReport is what `kit verify -o json` prints.
type StartupKitReport struct {
	metav1.TypeMeta `json:",inline"`

	Participant string   `json:"participant"`
	Role        kit.Role `json:"role"`
	Federation  string   `json:"federation"`
	// Digest is the kit digest: it says which kit was verified.
	Digest string `json:"digest"`
	// Passed is false if a check has failed.
	Passed  bool    `json:"passed"`
	Summary Summary `json:"summary"`
	// Findings are in the order of the checks; each check has at least one finding.
	Findings kit.Findings `json:"findings"`
}

// Summary counts findings.
type Summary struct {
	Pass int `json:"pass"`
	Warn int `json:"warn"`
	Fail int `json:"fail"`
}

// String gives the summary in words.
func (s Summary) String() string {
	return fmt.Sprintf("%d passed, %s, %d failed", s.Pass, count(s.Warn, "warning"), s.Fail)
}

// DeepCopyObject implements runtime.Object.
func (r *StartupKitReport) DeepCopyObject() runtime.Object {
	out := *r
	out.Findings = slices.Clone(r.Findings)
	return &out
}

func newStartupKitReport(k *kit.Kit, findings kit.Findings) *StartupKitReport {
	return &StartupKitReport{
		TypeMeta:    typeMeta("StartupKitReport"),
		Participant: k.Participant, Role: k.Role, Federation: k.Federation, Digest: k.Digest(),
		Passed: findings.Passed(),
		Summary: Summary{
			Pass: findings.Count(kit.StatusPass), Warn: findings.Count(kit.StatusWarn), Fail: findings.Count(kit.StatusFail),
		},
		Findings: findings,
	}
}

// writeText prints a line for each finding, and the fix below it.
func (r *StartupKitReport) writeText(out io.Writer) error {
	w := printers.GetNewTabWriter(out)
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s\t%s\t%s: %s\n", f.Status, f.ID, f.File, f.Message)
		if f.Fix != "" {
			fmt.Fprintf(w, "\t\tfix: %s\n", f.Fix)
		}
	}
	fmt.Fprintf(w, "\n%s: %s\n", r.Participant, r.Summary)
	return w.Flush()
}
