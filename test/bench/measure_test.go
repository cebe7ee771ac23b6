package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	out := "goos: linux\nBenchmarkEvaluate/client-2   \t  123 \t 9150 ns/op\t 12.5 x-p99-ns\t 1200 B/op\t 21 allocs/op\nPASS\n"
	require.Equal(t, map[string]figures{"BenchmarkEvaluate/client": {"ns/op": 9150, "x-p99-ns": 12.5, "B/op": 1200, "allocs/op": 21}}, parse(out))
}

func TestBetter(t *testing.T) {
	a := map[string]figures{"x": {"ns/op": 10, "allocs/op": 3}, "y": {"ns/op": 5}}
	b := map[string]figures{"x": {"ns/op": 12, "allocs/op": 2}, "y": {"ns/op": 4}, "z": {"ns/op": 1}}
	require.Equal(t, map[string]figures{"x": {"ns/op": 10, "allocs/op": 2}, "y": {"ns/op": 4}, "z": {"ns/op": 1}}, better(a, b))
	require.Equal(t, a, better(map[string]figures{}, a))
}

func TestLine(t *testing.T) {
	r := row{what: "w", against: "a", goal: "g", subject: value{"BenchmarkX/ours", "ns/op"}, reference: value{"BenchmarkX/theirs", "ns/op"}}
	line, err := r.line(map[string]figures{"BenchmarkX/ours": {"ns/op": 3000, "allocs/op": 7}, "BenchmarkX/theirs": {"ns/op": 2000}})
	require.NoError(t, err)
	require.Equal(t, "w\t3.0 µs\t7\ta\t2.0 µs\t1.50\tg", line)
	// A benchmark that was renamed is no figure of zero.
	_, err = r.line(map[string]figures{"BenchmarkX/ours": {"ns/op": 3000}})
	require.ErrorContains(t, err, "no figure for")
}
