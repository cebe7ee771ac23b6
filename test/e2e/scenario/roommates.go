package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Roommates are two federations, of which one site is in both: its namespace holds the second
// site of Flower's federation and the first site of NVFLARE's, under one SitePolicy. NVFLARE's
// other participants are in namespaces of their own, which are not governed.
type Roommates struct {
	*Flower
	NVFLARE *Governed
}

const sharedPolicy = `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: %[1]s}
spec:
  participants: [%[2]s, %[3]s]
  frameworks: [{name: flower}, {name: nvflare}]
  kits: {trustRoots: [{name: flower, sha256: "%[4]s"}, {name: nvflare, sha256: "%[5]s"}], signature: Seal}
  images: {allowed: [%[6]s, %[7]s]}
  workspace: {claimName: "{participant}-workspace", mountPath: /workspace}
  podSecurity: {level: restricted, version: latest, runAsUser: 65532, fsGroup: 65532}
  resources: {max: {cpu: "4", memory: 4Gi, ephemeral-storage: 4Gi}}
`

// Govern puts the shared namespace under one policy for both.
func (r *Roommates) Govern(ctx context.Context) error {
	namespace := r.Site2Namespace()
	allowed := func(image string) string {
		repository, digest, _ := strings.Cut(image, "@")
		return fmt.Sprintf("{repository: %s, digest: %q}", repository, digest)
	}
	policy := fmt.Sprintf(sharedPolicy, namespace, Site2, Site1, r.Root, r.NVFLARE.Root, allowed(r.Image), allowed(r.NVFLARE.Image))
	file := filepath.Join(r.Dir, "shared.yaml")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		return err
	}
	args := []string{"site", "add", namespace, "--policy", file, "--server-namespace", r.ServerNamespace(), "--server-namespace", r.NVFLARE.ServerNamespace()}
	if r.DNSCIDR != "" {
		args = append(args, "--dns-cidr", r.DNSCIDR)
	}
	_, err := r.Run(ctx, args...)
	return err
}

// LaunchNVFLARE launches NVFLARE's federation, with its first site in the shared namespace.
func (r *Roommates) LaunchNVFLARE(ctx context.Context) error {
	g := r.NVFLARE
	for _, p := range g.Places() {
		namespace := p.Namespace
		if p.Participant == Site1 {
			namespace = r.Site2Namespace()
		}
		args := []string{"launch", g.Kit(p.Participant), "-n", namespace, "--root-fingerprint", g.Root, "--image", g.Image}
		if p.Participant == Site2 {
			args = append(args, "--kit-claim", KitClaim, "--kit-image", g.KitImage)
		}
		if _, err := g.Run(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
