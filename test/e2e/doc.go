// Package e2e tests whole scenarios through the built plugin, on the cluster that
// the environment names: `make test-e2e` runs them in the lab, or on the cluster of
// FLARE_E2E_KUBECONFIG. Nothing in them is a stand-in: the kits are from NVFLARE's
// own `nvflare provision`, the pods run NVFLARE from PyPI.
//
// Build tags say what a test needs: e2e, a cluster and an image with NVFLARE;
// governed, also our own programs' images by digest, and cert-manager; lab, also
// the lab. See docs/e2e.md.
package e2e
