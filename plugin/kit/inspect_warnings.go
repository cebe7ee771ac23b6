package kit

import (
	"fmt"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// secretLimit is the maximum size of a Secret or ConfigMap.
const secretLimit = 1 << 20

// warnings are about dates and sizes, which need no `kit verify`.
func warnings(k *kit.Kit, registry *frameworks.Registry, now time.Time) ([]string, error) {
	rules, err := acceptance.Pinned(registry, "")
	if err != nil {
		return nil, err
	}
	var out []string
	_, findings := acceptance.Accept(k, rules, now)
	for _, f := range findings {
		if f.ID == acceptance.CheckDates && f.Status != kit.StatusPass {
			out = append(out, fmt.Sprintf("%s: %s; %s", f.File, f.Message, f.Fix))
		}
	}
	if n := size(k.Startup); n > secretLimit {
		out = append(out, fmt.Sprintf("startup/ has %d bytes and a Secret can hold %d: put the kit on a volume with --kit-claim", n, secretLimit))
	}
	if n := size(k.Local); n > secretLimit {
		out = append(out, fmt.Sprintf("local/ has %d bytes and a ConfigMap can hold %d: remove files that the participant does not need", n, secretLimit))
	}
	return out, nil
}

func size(files kit.Files) int {
	n := 0
	for _, f := range files {
		n += len(f.Data)
	}
	return n
}
