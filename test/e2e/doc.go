// Package e2e tests whole scenarios through the built plugin, on the cluster that
// the environment names: `make test-e2e` runs them in the lab. Nothing in them is
// a stand-in: the kits are from NVFLARE's own `nvflare provision`, the pods run
// NVFLARE from PyPI.
package e2e
