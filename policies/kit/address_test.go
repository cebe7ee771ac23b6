package kit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// A host becomes part of arguments and of configurations, so it must not have characters
// that mean something there.
func TestCheckHost(t *testing.T) {
	for _, host := range []string{"fl.example.org", "server_1", "192.0.2.7", "2001:db8::7"} {
		require.NoError(t, kit.CheckHost(host), host)
	}
	for _, host := range []string{"", "a b", "a;b", "-a", "a..b", "fe80::1%eth0", "fe80::1%x;return 200", "$(A)"} {
		require.Error(t, kit.CheckHost(host), host)
	}
}
