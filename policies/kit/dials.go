package kit

import (
	"net"
	"strconv"
)

// URL is the address as people write it, such as grpc://server1.example.org:8002.
func (e Endpoint) URL() string {
	return e.Scheme + "://" + net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
}

// Dials is what the participant dials: its server, or the relay on the way there.
func (k *Kit) Dials() Endpoint {
	if k.Relay != nil {
		return *k.Relay
	}
	return k.Server
}
