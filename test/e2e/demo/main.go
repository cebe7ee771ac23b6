// Command demo shows a real federation from its kits to a finished job, through
// `kubectl flare` alone, on the cluster that the environment names. It says what it
// runs, checks every outcome, and exits 1 when one is not as it must be.
//
//	demo [nvflare|flower]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "flare-demo-")
	if err != nil {
		return err
	}
	// Kits hold private keys: none stays behind.
	defer func() { _ = os.RemoveAll(dir) }()
	r := &runner{dir: dir}
	shown, err := demoOf(r, flag.Arg(0))
	if err != nil {
		return err
	}
	err = r.all(ctx, shown.steps(), shown.lab)
	r.table()
	if err != nil {
		return err
	}
	fmt.Printf("\nThe model is %s, as it must be. The federation goes on running; look around:\n", shown.result())
	fmt.Printf("  export KUBECONFIG=%s\n  kubectl flare status -A\n", os.Getenv("KUBECONFIG"))
	return nil
}

// federation is what a demo shows.
type federation interface {
	steps() []step
	// lab says whether it runs in the lab.
	lab() bool
	// result is the model at the end.
	result() string
}

func demoOf(r *runner, framework string) (federation, error) {
	switch framework {
	case "", "nvflare":
		d := &demo{runner: r}
		d.Federation = scenario.Federation{Name: "demo_federation", Prefix: "fl"}
		return d, nil
	case "flower":
		d := &flowerDemo{runner: r}
		d.Federation = scenario.Federation{Name: "demo_federation", Prefix: "flower"}
		return d, nil
	}
	return nil, fmt.Errorf("there is no demo of %q: give nvflare or flower", framework)
}

// runner runs the steps of a demo.
type runner struct {
	dir     string
	done    []timed
	refused []denial
}

// demo is the state that the steps of NVFLARE hand on.
type demo struct {
	scenario.Governed
	*runner
	job   string
	model []float64
}

func (d *demo) lab() bool { return d.Lab != "" }

func (d *demo) result() string { return fmt.Sprint(d.model) }

type timed struct {
	name string
	took time.Duration
	err  error
}

// step is one part of the demo. One that needs the lab is left out elsewhere.
type step struct {
	name string
	run  func(context.Context) error
	lab  bool
}

func (d *demo) steps() []step {
	return []step{
		{name: "build the plugin", run: d.build},
		{name: "make three empty namespaces under Pod Security restricted", run: d.namespaces},
		{name: "provision with NVFLARE's own `nvflare provision`", run: d.provision},
		{name: "inspect and verify the kits", run: d.verify},
		{name: "install the webhook, with certificates of cert-manager", run: d.Install},
		{name: "seal the kits", run: d.Seal},
		{name: "govern the namespaces", run: d.Govern},
		{name: "inject a kit: see that no key is shown", run: d.inject},
		{name: "launch server, clients and admin: all registered, one kit on a volume", run: d.launch},
		{name: "submit a job and wait: FINISHED:COMPLETED", run: d.submit},
		{name: "download the job: compare the model", run: d.download},
		{name: "connect to what is near: a client reaches its server, DNS and the API server alone", run: d.network},
		{name: "attack the first site: everything is denied", run: d.attack},
		{name: "run the first site's jobs in pods of their own: one is denied and explained, one completes", run: d.jobPods},
		{name: "hold the first site's settings to privacy rules: two are denied, a job runs under the third", run: d.privacy},
		// The lab's volumes are folders of this machine.
		{name: "change the second site's kit on its volume: it does not start", run: d.tamper, lab: true},
		{name: "measure the webhook", run: d.measure},
	}
}

// all runs the steps. The first one finds out whether this is the lab.
func (r *runner) all(ctx context.Context, steps []step, lab func() bool) error {
	for i, s := range steps {
		if s.lab && !lab() {
			continue
		}
		fmt.Printf("\n=== %d/%d %s\n", i+1, len(steps), s.name)
		start := time.Now()
		err := s.run(ctx)
		r.done = append(r.done, timed{s.name, time.Since(start), err})
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (r *runner) table() {
	fmt.Println()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "STEP\tSECONDS\tOUTCOME")
	var total time.Duration
	for _, s := range r.done {
		outcome := "ok"
		if s.err != nil {
			outcome = "FAILED"
		}
		fmt.Fprintf(out, "%s\t%.1f\t%s\n", s.name, s.took.Seconds(), outcome)
		total += s.took
	}
	fmt.Fprintf(out, "total\t%.1f\t\n", total.Seconds())
	for _, what := range r.refused {
		fmt.Fprintf(out, "  %s\t\trefused\n", what)
	}
	_ = out.Flush()
}
