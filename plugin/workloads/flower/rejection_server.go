package flower

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// What a SuperLink logs about an attempt of a SuperNode: its key in PEM, as Python writes bytes, and
// why it is not activated. Source: rpc_error_translator, http_error_translator, ActivateNode and
// activate_node, 1.36.0 and 1.42.0.
const (
	attempted   = "Attempted to register SuperNode with public key: b'"
	keyEnd      = "', exception: "
	lineOfBytes = `\n`
)

// removedKey is a part of what the container register logs, after "register NAME: ". Source:
// scripts/register.py.
const removedKey = "its key was removed"

// ServerRejection explains why the SuperLink does not activate the SuperNode of a kit: the SuperLink
// itself knows, and the container that registers the kit's SuperNodes knows that a key was removed.
func (w Workloads) ServerRejection(participant *kit.Kit, line string) (workloads.Rejection, bool) {
	if strings.HasPrefix(line, "register "+participant.Participant+": "+removedKey) {
		return workloads.Rejection{Reason: "the SuperLink does not know the SuperNode's key, since it was removed, and Flower never accepts it again: provision a new one with --renew=" +
			participant.Participant + ", and launch the SuperLink again first, which registers it"}, true
	}
	_, text, ok := strings.Cut(line, attempted)
	if !ok {
		return workloads.Rejection{}, false
	}
	encoded, reason, _ := strings.Cut(text, keyEnd)
	if fingerprint(encoded) != participant.KeyFingerprint {
		return workloads.Rejection{}, false
	}
	return w.Rejection(reason)
}

// fingerprint is that of a key as a SuperLink logs it, as `kubectl flare kit inspect` shows it, or
// empty.
func fingerprint(encoded string) string {
	key, err := pki.ParsePublicKey([]byte(strings.ReplaceAll(encoded, lineOfBytes, "\n")))
	if err != nil {
		return ""
	}
	return pki.KeyFingerprint(key)
}
