package nvflare

import "testing"

func TestRegistered(t *testing.T) {
	const participant, federation = "site-1", "demo"
	for line, want := range map[string]bool{
		"Successfully registered client:site-1 for project demo.":                                               true,
		"2026-01-01 - FederatedClient - INFO - Successfully registered client:site-1 for project demo. Token:x": true,
		"\x1b[32mSuccessfully registered client:site-1 for project demo\x1b[0m":                                 true,
		"Successfully registered client:site-1 for project demo2.":                                              false,
		"Successfully registered client:site-10 for project demo.":                                              false,
		"Trying to register client:site-1 for project demo.":                                                    false,
		"": false,
	} {
		if got := Registered(line, participant, federation); got != want {
			t.Errorf("Registered(%q) = %v", line, got)
		}
	}
}
