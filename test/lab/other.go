//go:build !linux

// Command lab needs Linux: it is made of network, mount and process namespaces.
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	fmt.Fprintf(os.Stderr, "error: the lab runs Kubernetes nodes in Linux namespaces and this is %s: use a Linux machine or a Linux virtual machine\n", runtime.GOOS)
	os.Exit(1)
}
