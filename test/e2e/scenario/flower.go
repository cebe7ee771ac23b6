package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Flower is a federation of Flower in governed namespaces: a SuperLink, two SuperNodes and a
// scientist, with the names of the other scenarios.
type Flower struct {
	Governed
	// Version is that of Flower in the image.
	Version string
	// Runtimes are where the server and the clients run their jobs: values of --job-runtime.
	Runtimes map[string]string
}

const flowerFederation = `apiVersion: kubectl-flare.dev/v1alpha1
kind: Federation
metadata: {name: %[1]s}
spec:
  framework: {name: flower, version: %[2]s}
  participants:
  - name: server1
    role: server
    org: consortium
    address: server1.%[3]s.svc.cluster.local:9092
    adminAddress: server1-control.%[3]s.svc.cluster.local:9093
  - {name: site-1, role: client, org: hospital_a}
  - {name: Site_2, role: client, org: hospital_b}
  - {name: lead@hospital-a.org, role: admin, org: hospital_a}
`

// Provision makes the kits, with a number of its own for each site, which the app adds.
func (f *Flower) Provision(ctx context.Context) error {
	f.Kits = filepath.Join(f.Dir, "federation", "kits")
	if err := os.WriteFile(f.file(), fmt.Appendf(nil, flowerFederation, f.Name, f.Version, f.ServerNamespace()), 0o600); err != nil {
		return err
	}
	if err := f.provision(ctx); err != nil {
		return err
	}
	kit, err := f.Inspect(ctx, f.Kit(Server))
	f.Root = kit.Root.Fingerprint
	return err
}

func (f *Flower) file() string { return filepath.Join(f.Dir, "federation.yaml") }

func (f *Flower) provision(ctx context.Context, more ...string) error {
	if _, err := f.Run(ctx, append([]string{"provision", "-f", f.file(), "--out", filepath.Dir(f.Kits)}, more...)...); err != nil {
		return err
	}
	for site, config := range map[string]string{Site1: "add = 1.0\nexamples = 10\n", Site2: "add = 2.0\nexamples = 20\n"} {
		if err := os.WriteFile(filepath.Join(f.Kit(site), "local", "node-config.toml"), []byte(config), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Seal seals every kit with a sealing certificate of the project.
func (f *Flower) Seal(ctx context.Context) error {
	state := filepath.Join(filepath.Dir(f.Kits), "state", "state.json")
	if _, err := f.Run(ctx, "kit", "sealer", "new", "--name=release", "--state", state, "--out", f.sealer("")); err != nil {
		return err
	}
	for _, p := range f.Places() {
		if err := f.seal(ctx, f.Kit(p.Participant)); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flower) seal(ctx context.Context, kit string) error {
	_, err := f.Run(ctx, "kit", "seal", kit, "--key", f.sealer("sealer.key"), "--cert", f.sealer("sealer.crt"), "--root-fingerprint", f.Root)
	return err
}

// LaunchAll launches the federation.
func (f *Flower) LaunchAll(ctx context.Context) error {
	for _, p := range f.Places() {
		if err := f.launch(ctx, p.Participant, p.Namespace); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flower) launch(ctx context.Context, participant, namespace string) error {
	return f.launchKit(ctx, participant, f.Kit(participant), namespace)
}

func (f *Flower) launchKit(ctx context.Context, participant, kit, namespace string, more ...string) error {
	args := []string{"launch", kit, "-n", namespace, "--root-fingerprint", f.Root, "--image", f.Image}
	if runtime := f.Runtimes[participant]; runtime != "" {
		args = append(args, "--job-runtime", runtime)
	}
	_, err := f.Run(ctx, append(args, more...)...)
	return err
}
