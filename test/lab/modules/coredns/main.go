// Command coredns is the real CoreDNS with the plugins that the lab's Corefile
// names, and no others: the standard set brings three cloud providers' and two
// tracing vendors' clients along.
package main

import (
	"github.com/coredns/coredns/coremain"

	// The plugins register themselves.
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() {
	coremain.Run()
}
