package scenario

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Governed is a federation in governed namespaces.
type Governed struct {
	Env
	Federation
	// Kits is the folder that holds the kits, Root their root's fingerprint.
	Kits, Root string
	// Say takes each command as a person would type it, before it is run, and its
	// output; nil keeps quiet.
	Say io.Writer
}

// KitClaim is where the second site has its kit, DataClaim what both sites train on.
const (
	KitClaim  = "flare-kits"
	DataClaim = "ct-scans"
)

// Kit is a participant's folder.
func (g *Governed) Kit(participant string) string { return filepath.Join(g.Kits, participant) }

// Places are the participants and their namespaces, in the order of launching.
func (g *Governed) Places() []struct{ Participant, Namespace string } {
	return []struct{ Participant, Namespace string }{
		{Server, g.ServerNamespace()}, {Site1, g.Site1Namespace()}, {Site2, g.Site2Namespace()}, {Admin, g.ServerNamespace()},
	}
}

// Run shows and runs `kubectl flare` with these arguments, which must succeed.
func (g *Governed) Run(ctx context.Context, args ...string) (string, error) {
	g.show(args)
	return Must(ctx, g.Say, append([]string{g.Flare}, args...)...)
}

func (g *Governed) show(args []string) {
	if g.Say != nil {
		shown := strings.ReplaceAll(strings.Join(args, " "), g.Kits+"/", "kits/")
		_, _ = fmt.Fprintln(g.Say, "$ kubectl flare "+strings.ReplaceAll(shown, g.Dir+"/", ""))
	}
}

// Install installs the webhook with a certificate of cert-manager and waits until
// it has denied something.
func (g *Governed) Install(ctx context.Context) error {
	if g.WebhookImage == "" || g.KitImage == "" {
		return errors.New("images of flare-webhook and flare-kit are missing: run make lab-up, or set FLARE_E2E_WEBHOOK_IMAGE and FLARE_E2E_KIT_IMAGE")
	}
	_, err := g.Run(ctx, "install", "--certs=cert-manager", "--image", g.WebhookImage, "--kit-image", g.KitImage)
	return err
}

// Seal seals every kit with a sealing certificate of the project. The second site's
// gets a stand-in for a context of homomorphic encryption first, which makes it too
// large for a Secret.
func (g *Governed) Seal(ctx context.Context) error {
	large := filepath.Join(g.Kit(Site2), "startup", "client_context.tenseal")
	if err := os.WriteFile(large, make([]byte, 3<<20), 0o600); err != nil {
		return err
	}
	state := filepath.Join(filepath.Dir(g.Kits), "state", "cert.json")
	if _, err := g.Run(ctx, "kit", "sealer", "new", "--name=release", "--state", state, "--out", g.sealer("")); err != nil {
		return err
	}
	for _, p := range g.Places() {
		_, err := g.Run(ctx, "kit", "seal", g.Kit(p.Participant), "--key", g.sealer("sealer.key"), "--cert", g.sealer("sealer.crt"), "--root-fingerprint", g.Root)
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *Governed) sealer(file string) string { return filepath.Join(g.Dir, "sealer", file) }

const sitePolicy = `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: %s}
spec:
  enforcement: Enforce
  participants: [%s]
  kits: {trustRoots: [{name: root, sha256: "%s"}], signature: Seal, claims: [%s]}
  images: {allowed: [{repository: %s, digest: "%s"}]}
  workspace: {claimName: "{participant}-workspace", mountPath: /workspace}
  data:
  - {claimName: %s, mountPath: %s, readOnly: true, roles: [client, job]}
  launchers: [%s]
  privacy: {interactiveAccess: {podRoles: [admin]}}
  podSecurity: {level: restricted, version: latest, runAsUser: 65532, fsGroup: 65532}
  resources: {max: {cpu: "4", memory: 4Gi, ephemeral-storage: 4Gi}}
  otherPods: Isolated
`

// Govern puts every namespace under a policy for the participants that belong
// there. Doing it twice does no harm.
func (g *Governed) Govern(ctx context.Context) error {
	for _, namespace := range g.Namespaces() {
		file := filepath.Join(g.Dir, namespace+".yaml")
		if err := os.WriteFile(file, []byte(g.Policy(namespace)), 0o600); err != nil {
			return err
		}
		args := []string{"site", "add", namespace, "--policy", file}
		if namespace == g.ServerNamespace() {
			args = append(args, "--hosts-server")
		} else {
			args = append(args, "--server-namespace", g.ServerNamespace())
		}
		if g.DNSCIDR != "" {
			args = append(args, "--dns-cidr", g.DNSCIDR)
		}
		if _, err := g.Run(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// Policy is the SitePolicy of a namespace.
func (g *Governed) Policy(namespace string) string {
	var names []string
	for _, p := range g.Places() {
		if p.Namespace == namespace {
			names = append(names, p.Participant)
		}
	}
	repository, digest, _ := strings.Cut(g.Image, "@")
	return fmt.Sprintf(sitePolicy, namespace, strings.Join(names, ", "), g.Root, KitClaim, repository, digest, DataClaim, DataMount, g.launchers(namespace))
}

// LaunchAll launches the federation; the second site has its kit on a volume.
func (g *Governed) LaunchAll(ctx context.Context) error {
	for _, p := range g.Places() {
		args := []string{"launch", g.Kit(p.Participant), "-n", p.Namespace, "--root-fingerprint", g.Root, "--image", g.Image}
		if p.Participant == Site2 {
			args = append(args, "--kit-claim", KitClaim, "--kit-image", g.KitImage)
		}
		if _, err := g.Run(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
