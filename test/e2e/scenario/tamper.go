package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Tamper changes one byte of the second site's kit where it is stored, as anyone could
// who has access to the storage, and restarts the client. It returns what
// the pod's status says then. The lab's volumes are folders of this machine.
func (g *Governed) Tamper(ctx context.Context) (string, error) {
	file, err := g.rawKey(ctx)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the volume must lie on this machine: %w", err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(file, data, 0); err != nil {
		return "", err
	}
	if _, err := Must(ctx, nil, g.Kubectl, "delete", "pods", "--all", "-n", g.Site2Namespace()); err != nil {
		return "", err
	}
	return g.rejectedKit(ctx)
}

// rawKey is the private key on the volume with the kits.
func (g *Governed) rawKey(ctx context.Context) (string, error) {
	name, err := Must(ctx, nil, g.Kubectl, "get", "persistentvolumeclaim", KitClaim, "-n", g.Site2Namespace(), "-o", "jsonpath={.spec.volumeName}")
	if err != nil {
		return "", err
	}
	path, err := Must(ctx, nil, g.Kubectl, "get", "persistentvolume", name, "-o", "jsonpath={.spec.local.path}")
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(path, "*", "*", "startup", "client.key"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("volume %s at %q holds %d kits where one belongs", name, path, len(found))
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// rejectedKit waits for the message of flare-verify.
func (g *Governed) rejectedKit(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		out, err := Must(ctx, nil, g.Kubectl, "get", "pods", "-n", g.Site2Namespace(), "-o", "json")
		if err != nil {
			return "", err
		}
		var pods corev1.PodList
		if err := json.Unmarshal([]byte(out), &pods); err != nil {
			return "", err
		}
		if said, ended := initMessage(pods.Items); ended {
			if !strings.Contains(said, "changed since it was sealed") {
				return said, errors.New("flare-verify did not reject the kit: " + said)
			}
			return said, nil
		}
		select {
		case <-ctx.Done():
			return "", errors.New("flare-verify has said nothing within a minute")
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// initMessage is what the pods' first init container said when it ended.
func initMessage(pods []corev1.Pod) (string, bool) {
	for _, p := range pods {
		for _, c := range p.Status.InitContainerStatuses {
			for _, end := range []*corev1.ContainerStateTerminated{c.State.Terminated, c.LastTerminationState.Terminated} {
				if end != nil {
					return strings.TrimSpace(end.Message), true
				}
			}
		}
	}
	return "", false
}
