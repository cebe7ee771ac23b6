package battery_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

func TestEvaluator(t *testing.T) {
	battery.Run(t, battery.Options{Submit: battery.Evaluator})
}

// Both endpoints must agree to the letter.
func TestHTTPS(t *testing.T) {
	battery.Run(t, battery.Options{Submit: battery.HTTPS, Like: battery.Evaluator})
}
