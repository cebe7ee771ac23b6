package policy

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/suite"
)

// TestReport is what `policy test -o json` prints.
type TestReport struct {
	metav1.TypeMeta `json:",inline"`

	Items   []TestItem  `json:"items"`
	Summary TestSummary `json:"summary"`
}

// TestItem is one PolicyTest.
type TestItem struct {
	File  string         `json:"file"`
	Name  string         `json:"name"`
	Cases []suite.Result `json:"cases"`
}

// TestSummary counts cases.
type TestSummary struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

func newTestReport() *TestReport {
	return &TestReport{TypeMeta: metav1.TypeMeta{APIVersion: apiVersion, Kind: "PolicyTestReport"}, Items: []TestItem{}}
}

func (r *TestReport) add(file, name string, results []suite.Result) {
	for i := range results {
		if results[i].Passed {
			r.Summary.Passed++
		} else {
			r.Summary.Failed++
		}
	}
	r.Items = append(r.Items, TestItem{File: file, Name: name, Cases: results})
}

// DeepCopyObject makes a TestReport printable as Kubernetes objects are. Reports never
// change, so a copy may share its items.
func (r *TestReport) DeepCopyObject() runtime.Object {
	c := *r
	return &c
}

func (r *TestReport) names() []string {
	var all []string
	for _, item := range r.Items {
		for _, c := range item.Cases {
			all = append(all, item.Name+"/"+c.Name)
		}
	}
	return all
}

// writeText prints a table, and below it what is wrong with the cases that failed.
func (r *TestReport) writeText(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "TEST\tCASE\tVERDICT\tRESULT")
	for _, item := range r.Items {
		for _, c := range item.Cases {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", item.Name, c.Name, c.Verdict, passed(c))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, item := range r.Items {
		for _, c := range item.Cases {
			if !c.Passed {
				fmt.Fprintf(out, "\n%s: %s\n%s", item.File, c.Name, details(c))
			}
		}
	}
	_, err := fmt.Fprintf(out, "\n%d passed, %d failed\n", r.Summary.Passed, r.Summary.Failed)
	return err
}

func passed(c suite.Result) string {
	if c.Passed {
		return "pass"
	}
	return "fail"
}

// details are the problems of a case, and the messages that there were.
func details(c suite.Result) string {
	var text strings.Builder
	for _, problem := range c.Problems {
		fmt.Fprintf(&text, "  - %s\n", problem)
	}
	for _, message := range c.Messages {
		fmt.Fprintf(&text, "    %s\n", message)
	}
	return text.String()
}

// The elements of a JUnit report, as CI systems read them
// (https://github.com/testmoapp/junitxml).
type (
	junitReport struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		File     string      `xml:"file,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *TestReport) writeJUnit(out io.Writer) error {
	var report junitReport
	for _, item := range r.Items {
		s := junitSuite{Name: item.Name, File: item.File, Tests: len(item.Cases)}
		for _, c := range item.Cases {
			one := junitCase{Name: c.Name, Class: item.Name}
			if !c.Passed {
				s.Failures++
				one.Failure = &junitFailure{Message: strings.Join(c.Problems, "; "), Text: details(c)}
			}
			s.Cases = append(s.Cases, one)
		}
		report.Suites = append(report.Suites, s)
	}
	data, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%s\n", xml.Header, data)
	return err
}
