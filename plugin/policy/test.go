package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/suite"
)

// TestOptions are the arguments and flags of `kubectl flare policy test`.
type TestOptions struct {
	Paths []string
	JUnit bool

	known Known
	clock clock.PassiveClock
	print printFlags
	genericiooptions.IOStreams
}

func newTestCommand(known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &TestOptions{known: known, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "test [DIR|FILE...] [-o json|yaml|junit]",
		DisableFlagsInUseLine: true,
		Short:                 "Test that a SitePolicy allows and denies what it should",
		Long: templates.LongDesc(`
			Test that a SitePolicy allows and denies what it should, without a cluster. The command fails if a
			case has another verdict than expected, or not the expected messages.

			The tests are in files of the kind PolicyTest. A PolicyTest names the file of a SitePolicy, says
			which kits the namespace has, and lists objects with the verdicts that are expected. The samples
			of SitePolicies have some to copy.

			The command reads the given files, and all PolicyTests in the given folders and their subfolders.
			The default is the current folder.`),
		Example: templates.Examples(`
			# Run the tests below the current folder
			kubectl flare policy test

			# Run one file, for a CI system
			kubectl flare policy test hospital-a.test.yaml -o junit > report.xml`),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.Complete(cmd, args)
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	o.print.addFlags(cmd)
	output := cmd.Flag("output")
	output.Usage = strings.Replace(output.Usage, "json, yaml", "json, yaml, "+formatJUnit, 1)
	return cmd
}

// formatJUnit is the format of -o for CI systems.
const formatJUnit = "junit"

// Complete reads the arguments. JUnit is no format of other commands.
func (o *TestOptions) Complete(cmd *cobra.Command, args []string) {
	if o.Paths = args; len(args) == 0 {
		o.Paths = []string{"."}
	}
	if flag := cmd.Flag("output"); flag.Value.String() == formatJUnit {
		o.JUnit = flag.Value.Set("") == nil
	}
}

// Validate checks the flags.
func (o *TestOptions) Validate() error { return o.print.validate() }

// Run runs the tests, prints the results and fails if a case has failed.
func (o *TestOptions) Run(ctx context.Context) error {
	files, err := suite.Find(o.Paths)
	if err != nil {
		return err
	}
	report, err := o.report(ctx, files)
	if err != nil {
		return err
	}
	if o.JUnit {
		err = report.writeJUnit(o.Out)
	} else {
		err = o.print.print(o.Out, report, report.writeText)
	}
	if err == nil && report.Summary.Failed > 0 {
		err = fmt.Errorf("%d of %d cases failed", report.Summary.Failed, report.Summary.Passed+report.Summary.Failed)
	}
	return err
}

// report runs all files. Every file that cannot be run is an error.
func (o *TestOptions) report(ctx context.Context, files []string) (*TestReport, error) {
	runner := &suite.Runner{Catalog: o.known.Catalog, Frameworks: o.known.Frameworks, Now: o.clock.Now()}
	report := newTestReport()
	var errs []error
	for _, file := range files {
		test, err := suite.Read(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		results, err := runner.Run(ctx, file, test)
		errs = append(errs, err)
		report.add(file, test.Metadata.Name, results)
	}
	return report, errors.Join(errs...)
}
