//go:build e2e && governed && flower

package e2e

import "testing"

// TestDemoFlower runs what `make demo FRAMEWORK=flower` shows.
func TestDemoFlower(t *testing.T) {
	parallel(t, flowerCPU)
	demo(t, "flower", "flower")
}
