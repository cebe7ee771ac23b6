package main

import (
	"fmt"
	"strings"
)

// source is where figures come from: benchmarks of a package.
type source struct {
	pkg, pattern string
	// time is how long, or how often, each is run in each of the rounds.
	time   string
	rounds int
}

// value is one figure of one benchmark.
type value struct{ name, unit string }

// row is one promise of design §8.
type row struct {
	source
	what, against, goal string
	subject, reference  value
	// bytes says that the figures are memory, and not time.
	bytes bool
}

func rows() []row {
	const perOp = "ns/op"
	evaluate := source{"./policies", "BenchmarkEvaluate", "0.3s", 5}
	verdict := func(what, name, goal string) row {
		return row{
			source: evaluate, what: what, against: "pod-security-admission, restricted", goal: goal + ", ≤ 30 allocs",
			subject:   value{"BenchmarkEvaluate/" + name, perOp},
			reference: value{"BenchmarkEvaluate/pod-security-admission/3-containers", perOp},
		}
	}
	handler := func(what, name, against, goal string) row {
		return row{
			source: source{"./webhook/handlers", name, "0.5s", 4}, what: what, against: against, goal: goal,
			subject: value{name + "/flare", perOp}, reference: value{name + "/reference", perOp},
		}
	}
	// Growth is the same benchmark with a long policy and with a short one.
	growth := func(what string, source source, name string, few, many string) row {
		return row{
			source: source, what: what + ", " + many, against: "the same, " + few, goal: "≤ 1.2×",
			subject: value{name + "/" + slug(many), perOp}, reference: value{name + "/" + slug(few), perOp},
		}
	}
	mutate := source{"./policies", "BenchmarkMutate", "0.3s", 3}
	return []row{
		verdict("verdict on another pod, 3 containers", "other/3-containers", "≤ 2×"),
		verdict("verdict on a client", "client", "≤ 4×"),
		verdict("verdict on a job pod", "job", "≤ 6×"),
		{
			source: source{evaluate.pkg, "BenchmarkEvaluateFlower", evaluate.time, evaluate.rounds},
			what:   "verdict on a SuperNode with a SuperExec", against: "pod-security-admission, restricted", goal: "≤ 4×, ≤ 30 allocs",
			subject:   value{"BenchmarkEvaluateFlower/supernode", perOp},
			reference: value{"BenchmarkEvaluateFlower/pod-security-admission/supernode", perOp},
		},
		growth("verdict on another pod with a claim", evaluate, "BenchmarkEvaluate/claim", "1 participants", "1000 participants"),
		growth("verdict on a client", evaluate, "BenchmarkEvaluate/client", "1 participants", "1000 participants"),
		growth("verdict on a client", evaluate, "BenchmarkEvaluate/client", "1 images", "100 images"),
		growth("mutation of a client", mutate, "BenchmarkMutate/client", "1 images", "100 images"),
		growth("mutation of a client", mutate, "BenchmarkMutate/client", "1 participants", "1000 participants"),
		handler("validate handler, 3 containers", "BenchmarkValidate", "a handler that decodes the pod", "≤ 0.7×"),
		handler("mutate handler, a client", "BenchmarkMutate", "the same, with a patch of that size", "≤ 1.2×"),
		rule("a rule in CEL", "BenchmarkRule"),
		rule("ten rules in CEL", "BenchmarkRules"),
		verdictOnNewKit(),
		create("1"), create("50"), create("200"),
		handler("a review over TLS, 3 containers", "BenchmarkTLS", "the same of that handler", "≤ 1.0×"),
		{
			source: source{"./test/integration/load", "BenchmarkMemory", "1x", 1},
			what:   "memory with 5,000 pods, 500 kits, 50 policies", against: "the limit of the manifest", goal: "≤ 64 MiB",
			subject: value{"BenchmarkMemory", "rss-bytes"}, reference: value{"BenchmarkMemory", "limit-bytes"}, bytes: true,
		},
		dryRun(), up(), upMemory(),
		neighbours("a launcher's job pod", "job-pod"),
		neighbours("a Service's proxy", "service-proxy"),
	}
}

// create is a pod's way through the API server, with so many of them at a time.
func create(senders string) row {
	name := "BenchmarkCreate/" + senders
	return row{
		source: source{"./test/integration/admission", "BenchmarkCreate", "1000x", 3},
		what:   "pod CREATE through the API server, " + senders + " at a time, p99", against: "the same with that handler", goal: "≤ 1.1×",
		subject: value{name, "flare-p99-ns"}, reference: value{name, "reference-p99-ns"},
	}
}

// rule is the evaluation of a site's own rules.
func rule(what, benchmark string) row {
	return row{
		source: source{"./policies/rules", benchmark, "0.3s", 4}, what: what, against: "Kubernetes' validating policies, the same expressions", goal: "≤ 1.1×",
		subject: value{benchmark + "/flare", "ns/op"}, reference: value{benchmark + "/kubernetes", "ns/op"},
	}
}

// neighbours is a request in a namespace with 1,000 pods and 500 kits, and in one without
// the pods.
func neighbours(what, name string) row {
	const benchmark = "BenchmarkNeighbours/"
	return row{
		source: source{"./test/integration/load", "BenchmarkNeighbours", "300x", 1},
		what:   what + " beside 1,000 pods", against: "the same in an empty namespace", goal: "≤ 1.2×",
		subject: value{benchmark + name + "/load-full", "ns/op"}, reference: value{benchmark + name + "/load-empty", "ns/op"},
	}
}

// ups are federations of 1,000 participants, with kits of Flower.
func ups() source { return source{"./test/integration/plugin", "BenchmarkUp", "1x", 1} }

// dryRun is what `up` would write for 1,000 participants.
func dryRun() row {
	const name = "BenchmarkUp/dry-run"
	return row{
		source: ups(), what: "up --dry-run=client of 1,000 participants", against: "the goal", goal: "≤ 5 s",
		subject: value{name, "ns/op"}, reference: value{name, "limit-ns"},
	}
}

// up is `up` of 1,000 participants, which are not waited for.
func up() row {
	return row{
		source: ups(), what: "up of 1,000 participants", against: "creating the same objects", goal: "≤ 1.3×",
		subject: value{"BenchmarkUp/flare/1000", "ns/op"}, reference: value{"BenchmarkUp/reference/1000", "ns/op"},
	}
}

// upMemory is how much its memory grows with the participants.
func upMemory() row {
	return row{
		source: ups(), what: "memory of up of 1,000 participants", against: "of 100", goal: "flat",
		subject: value{"BenchmarkUp/flare/1000", "peak-bytes"}, reference: value{"BenchmarkUp/flare/100", "peak-bytes"}, bytes: true,
	}
}

// verdictOnNewKit is what the first pod with a kit costs more than the others.
func verdictOnNewKit() row {
	return row{
		source: source{"./webhook/kits", "BenchmarkCold", "0.3s", 3}, what: "a kit that is not known yet",
		against: "reading its Secret from the API server", goal: "≤ 2.5 ms",
		subject: value{"BenchmarkCold/flare", "ns/op"}, reference: value{"BenchmarkCold/reference", "ns/op"},
	}
}

// slug is an amount as benchmarks name it.
func slug(amount string) string { return strings.ReplaceAll(amount, " ", "-") }

// line is the row as it is printed.
func (r row) line(measured map[string]figures) (string, error) {
	subject, reference := measured[r.subject.name][r.subject.unit], measured[r.reference.name][r.reference.unit]
	if subject == 0 || reference == 0 {
		return "", fmt.Errorf("%s: no figure for %v or %v among %v", r.pkg, r.subject, r.reference, measured)
	}
	unit, of := "µs", 1e3
	if r.bytes {
		unit, of = "MiB", 1<<20
	}
	return fmt.Sprintf("%s\t%.1f %s\t%.0f\t%s\t%.1f %s\t%.2f\t%s", r.what, subject/of, unit, measured[r.subject.name]["allocs/op"],
		r.against, reference/of, unit, subject/reference, r.goal), nil
}
