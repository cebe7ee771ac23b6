package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	out := "goos: linux\nBenchmarkEvaluate/client-2   \t  123 \t 9150 ns/op\t 1200 B/op\t 21 allocs/op\nPASS\n"
	require.Equal(t, map[string]figure{"BenchmarkEvaluate/client": {nanoseconds: 9150, allocations: 21}}, parse(out))
}
