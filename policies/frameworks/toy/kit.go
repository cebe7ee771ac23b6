package toy

import (
	"crypto/ed25519"
	"encoding/json"
	"net"
	"strconv"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// Spec describes a kit to write.
type Spec struct {
	Federation, Participant, Org string
	Role                         kit.Role
	// Host is the host of the hub, on Port.
	Host string
	// Key is the participant's identity.
	Key ed25519.PrivateKey
}

// Write writes the files of a kit. Files of keys have the mode 0600.
func Write(s Spec) (*kit.Content, error) {
	config, err := json.Marshal(map[string]string{
		"federation": s.Federation, "participant": s.Participant, "role": string(s.Role), "org": s.Org,
		"server": net.JoinHostPort(s.Host, strconv.Itoa(Port)), "version": Version,
	})
	if err != nil {
		return nil, err
	}
	private, err := pki.EncodeKey(s.Key)
	if err != nil {
		return nil, err
	}
	public, err := pki.EncodePublicKey(s.Key.Public())
	if err != nil {
		return nil, err
	}
	return kit.NewContent(kit.Files{
		{Name: ConfigFile, Data: config, Mode: 0o644},
		{Name: KeyFile, Data: private, Mode: 0o600},
		{Name: PublicKeyFile, Data: public, Mode: 0o644},
	}, kit.Files{{Name: SettingsFile, Data: []byte("{}\n"), Mode: 0o644}})
}
