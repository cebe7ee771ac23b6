package battery_test

import (
	"testing"

	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

func TestEvaluator(t *testing.T) {
	battery.Run(t, battery.Options{Submit: battery.Evaluator})
}

func TestHTTPS(t *testing.T) {
	battery.Run(t, battery.Options{Submit: battery.HTTPS})
}

func TestTheDoorsAgree(t *testing.T) {
	battery.Agree(t, battery.Evaluator, battery.HTTPS)
}
