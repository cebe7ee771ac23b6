package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Attack is something that must be denied.
type Attack struct {
	Name string
	// Argv is the attacker's command.
	Argv []string
	// Want must be in the message that the attacker gets.
	Want string
}

// eve may do everything with what runs in the first site's namespace and may write
// namespaces, but has no right of flare's own: the lab's admin could break the glass.
const eve = "eve"

// Attacks prepares them. They are all on the first site. The last one takes its kit
// away: RestoreKit brings it back.
func (g *Governed) Attacks(ctx context.Context) ([]Attack, error) {
	if err := g.letEveIn(ctx); err != nil {
		return nil, err
	}
	var all []Attack
	for _, prepare := range []func(context.Context) ([]Attack, error){g.kitAttacks, g.podAttacks, g.runningAttacks, g.secretAttacks} {
		more, err := prepare(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// Try runs an attack and returns the message that the attacker got. An attack that was not
// denied, or for another reason, is an error.
func (g *Governed) Try(ctx context.Context, a Attack) (string, error) {
	r, err := Run(ctx, nil, a.Argv...)
	said := strings.TrimSpace(r.Stderr)
	switch {
	case err != nil:
		return said, err
	case r.Code == 0:
		return said, fmt.Errorf("%s: not denied: %s", a.Name, r.Stdout)
	case !strings.Contains(said, a.Want):
		return said, fmt.Errorf("%s: denied without the words %q: %s", a.Name, a.Want, said)
	}
	return said, nil
}

// letEveIn gives eve rights, again where eve has them already.
func (g *Governed) letEveIn(ctx context.Context) error {
	namespace, name := g.Site1Namespace(), g.Prefix+"-eve"
	for _, args := range [][]string{
		{"role", eve, "-n", namespace, "--verb=*", "--resource=pods,pods/exec,pods/ephemeralcontainers,secrets,services,deployments.apps,replicasets.apps"},
		{"rolebinding", eve, "-n", namespace, "--role=" + eve, "--user=" + eve},
		{"clusterrole", name, "--verb=get,patch,update", "--resource=namespaces"},
		{"clusterrolebinding", name, "--clusterrole=" + name, "--user=" + eve},
	} {
		file := filepath.Join(g.Dir, "eve.yaml")
		out, err := Must(ctx, nil, append([]string{g.Kubectl, "create", "--dry-run=client", "-o", "yaml"}, args...)...)
		if err == nil {
			err = os.WriteFile(file, []byte(out), 0o600)
		}
		if err == nil {
			_, err = Must(ctx, nil, g.Kubectl, "apply", "--server-side", "-f", file)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// SendEveHome takes away what is not gone with the namespaces.
func (g *Governed) SendEveHome(ctx context.Context) error {
	_, err := Must(ctx, nil, g.Kubectl, "delete", "clusterrole,clusterrolebinding", g.Prefix+"-eve", "--ignore-not-found")
	return err
}

// runningAttacks are on what runs, and on what protects it.
func (g *Governed) runningAttacks(ctx context.Context) ([]Attack, error) {
	namespace := g.Site1Namespace()
	pods, err := Must(ctx, nil, g.Kubectl, "get", "pods", "-n", namespace, "-o", "name")
	if err != nil {
		return nil, err
	}
	pod, _, _ := strings.Cut(strings.TrimSpace(pods), "\n")
	if pod == "" {
		return nil, errors.New("no client runs in " + namespace)
	}
	policy := "SitePolicy " + namespace
	as := func(args ...string) []string { return append([]string{g.Kubectl, "--as=" + eve}, args...) }
	return []Attack{
		{"exec into a client", as("exec", pod, "-n", namespace, "--", "id"), policy},
		{"an ephemeral container", as("debug", pod, "-n", namespace, "--image", g.Image, "--profile=restricted"), policy},
		{"the namespace's label off", as("label", "namespace", namespace, "kubectl-flare.dev/site-policy-"), "govern"},
	}, nil
}
