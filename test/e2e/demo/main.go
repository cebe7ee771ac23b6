// Command demo shows a real federation from `nvflare provision` to a finished
// job, through `kubectl flare` alone, on the cluster that the environment names.
// It says what it runs, checks every outcome, and exits 1 when one is not as it
// must be.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

func main() {
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
	d := &demo{dir: dir}
	d.Federation = scenario.Federation{Name: "demo_federation", Prefix: "fl"}
	err = d.all(ctx)
	d.table()
	if err != nil {
		return err
	}
	fmt.Printf("\nThe model is %v, as it must be. The federation goes on running; look around:\n", d.model)
	fmt.Printf("  export KUBECONFIG=%s\n  kubectl flare status -A\n", os.Getenv("KUBECONFIG"))
	return nil
}

// demo is the state that the steps hand on.
type demo struct {
	scenario.Governed
	dir     string
	job     string
	model   []float64
	done    []timed
	refused []refusal
}

type timed struct {
	name string
	took time.Duration
	err  error
}

func (d *demo) all(ctx context.Context) error {
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"build the plugin", d.build},
		{"make three empty namespaces under Pod Security restricted", d.namespaces},
		{"provision with NVFLARE's own `nvflare provision`", d.provision},
		{"inspect and verify the kits", d.verify},
		{"install the webhook, with certificates of cert-manager", d.Install},
		{"seal the kits", d.Seal},
		{"govern the namespaces", d.Govern},
		{"inject a kit: see that no key is shown", d.inject},
		{"launch server, clients and admin: all registered, one kit on a volume", d.launch},
		{"submit a job and wait: FINISHED:COMPLETED", d.submit},
		{"download the job: compare the model", d.download},
		{"attack the first site: everything is refused", d.attack},
		{"change the second site's kit on its volume: it does not start", d.tamper},
		{"measure the webhook", d.measure},
	}
	for i, s := range steps {
		fmt.Printf("\n=== %d/%d %s\n", i+1, len(steps), s.name)
		start := time.Now()
		err := s.run(ctx)
		d.done = append(d.done, timed{s.name, time.Since(start), err})
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (d *demo) table() {
	fmt.Println()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "STEP\tSECONDS\tOUTCOME")
	var total time.Duration
	for _, s := range d.done {
		outcome := "ok"
		if s.err != nil {
			outcome = "FAILED"
		}
		fmt.Fprintf(out, "%s\t%.1f\t%s\n", s.name, s.took.Seconds(), outcome)
		total += s.took
	}
	fmt.Fprintf(out, "total\t%.1f\t\n", total.Seconds())
	for _, r := range d.refused {
		fmt.Fprintf(out, "  %s\t\trefused\n", r)
	}
	_ = out.Flush()
}
