package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// kitAttacks are with kits that are none, or not this site's.
func (g *Governed) kitAttacks(context.Context) ([]Attack, error) {
	inject := func(k string) []string {
		return []string{g.Flare, "kit", "inject", k, "-n", g.Site1Namespace(), "--root-fingerprint", g.Root}
	}
	changed, err := g.changedCopy()
	if err != nil {
		return nil, err
	}
	edited, unsealed, err := g.editedCopies()
	if err != nil {
		return nil, err
	}
	return []Attack{
		{"one changed byte: the plugin", inject(changed), "fed_client.json: changed"},
		{"settings that were edited: the plugin", inject(edited), "kubectl flare kit seal --local DIR"},
		{"settings that no one sealed: the webhook", inject(unsealed), "no one vouches for local/"},
		{"another site's kit", append(inject(g.Kit(Site2)), "--kit-claim", KitClaim, "--kit-image", g.KitImage), "the participant may not run here"},
	}, nil
}

// changedCopy is the first site's kit with one byte more.
func (g *Governed) changedCopy() (string, error) {
	dir := filepath.Join(g.Dir, "changed", Site1)
	if err := os.CopyFS(dir, os.DirFS(g.Kit(Site1))); err != nil {
		return "", err
	}
	file, err := os.OpenFile(filepath.Join(dir, "startup", "fed_client.json"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString("\n")
	return dir, errors.Join(err, file.Close())
}

// editedCopies are the first site's kit with a logging configuration that runs a command: one
// with the seal of local/ as it was, and one without.
func (g *Governed) editedCopies() (edited, unsealed string, err error) {
	edited, unsealed = filepath.Join(g.Dir, "edited", Site1), filepath.Join(g.Dir, "unsealed", Site1)
	const evil = `{"version": 1, "handlers": {"x": {"()": "os.system", "command": "id"}}, "root": {"handlers": ["x"]}}`
	for _, dir := range []string{edited, unsealed} {
		if err := os.CopyFS(dir, os.DirFS(g.Kit(Site1))); err != nil {
			return "", "", err
		}
		if err := os.WriteFile(filepath.Join(dir, "local", "log_config.json"), []byte(evil), 0o600); err != nil {
			return "", "", err
		}
	}
	err = errors.Join(os.Remove(filepath.Join(unsealed, kit.LocalSealFile)), os.Remove(filepath.Join(unsealed, kit.LocalSealCertificateFile)))
	return edited, unsealed, err
}

// secretAttacks write the kit's Secret by hand, past the plugin. The last one
// deletes the real one first.
func (g *Governed) secretAttacks(ctx context.Context) ([]Attack, error) {
	var attacks []Attack
	for i, a := range []struct {
		name, want string
		verb       []string
		change     func(*corev1.Secret) error
	}{
		{"one changed byte: the webhook", "changed since it was sealed", []string{"create"}, func(s *corev1.Secret) error {
			s.Data["fed_client.json"] = append(s.Data["fed_client.json"], '\n')
			return nil
		}},
		{"no seal", "the kit has no seal, but the policy requires one", []string{"create"}, func(s *corev1.Secret) error {
			delete(s.Data, kit.SealFile)
			delete(s.Data, kit.SealCertificateFile)
			return nil
		}},
		{"a seal by a participant's certificate", "is not valid for sealing", []string{"create"}, func(s *corev1.Secret) error {
			certificate, err := os.ReadFile(filepath.Join(g.Kit(Site2), "startup", "client.crt"))
			s.Data[kit.SealCertificateFile] = certificate
			return err
		}},
		{"the kit's Secret again with other content", "reserved for startup kits", []string{"replace", "--force"}, func(s *corev1.Secret) error {
			s.Type, s.Data = corev1.SecretTypeOpaque, map[string][]byte{"client.key": []byte("evil")}
			return nil
		}},
	} {
		secret, err := g.kitSecret(ctx)
		if err == nil {
			err = a.change(secret)
		}
		var file string
		if err == nil {
			file, err = g.write(fmt.Sprintf("secret-%d.json", i), secret)
		}
		if err != nil {
			return nil, err
		}
		argv := append([]string{g.Kubectl, "--as=" + eve}, a.verb...)
		attacks = append(attacks, Attack{a.name, append(argv, "-f", file), a.want})
	}
	return attacks, nil
}

// kitSecret is the first site's Secret as `kit inject` writes it.
func (g *Governed) kitSecret(ctx context.Context) (*corev1.Secret, error) {
	out, err := Must(ctx, nil, g.Flare, "kit", "inject", g.Kit(Site1), "-n", g.Site1Namespace(), "--dry-run=client", "--show-secrets", "-o", "json")
	if err != nil {
		return nil, err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, err
	}
	secret := &corev1.Secret{}
	if len(list.Items) == 0 {
		return nil, errors.New("kit inject shows nothing")
	}
	return secret, json.Unmarshal(list.Items[0], secret)
}

// RestoreKit injects the first site's kit again: who replaces a Secret by force
// deletes it first.
func (g *Governed) RestoreKit(ctx context.Context) error {
	_, err := Must(ctx, nil, g.Flare, "kit", "inject", g.Kit(Site1), "-n", g.Site1Namespace(), "--root-fingerprint", g.Root)
	return err
}

// write writes an object to a file that only we can read.
func (g *Governed) write(name string, object any) (string, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return "", err
	}
	file := filepath.Join(g.Dir, name)
	return file, os.WriteFile(file, data, 0o600)
}
