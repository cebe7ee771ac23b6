package flower

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Older implements profiles.Predecessor. It finds kubeFlower, by its image, and programs that
// call Flower's functions from before SuperLinks and SuperNodes. Source: the descriptors and
// scripts of kubeFlower, and flwr/compat of Flower.
func (Profile) Older(c *corev1.Container) string {
	if !strings.Contains(c.Image, "kubeflower") && !callsOlder(c.Command) && !callsOlder(c.Args) {
		return ""
	}
	return "it speaks gRPC without TLS, and no one authenticates the server or the clients (start_server, start_client)"
}

func callsOlder(words []string) bool {
	for _, word := range words {
		if strings.Contains(word, "start_server(") || strings.Contains(word, "start_client(") || strings.Contains(word, "start_numpy_client(") {
			return true
		}
	}
	return false
}
