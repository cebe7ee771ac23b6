package launch

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// ParseData reads values of --data. It reports all problems.
func ParseData(values []string) ([]workloads.Data, error) {
	var all []workloads.Data
	var errs []error
	same := func(a, b workloads.Data) bool {
		return a.Claim == b.Claim || a.MountPath == b.MountPath && a.MountPath != ""
	}
	for _, value := range values {
		d, err := parseData(value)
		for _, other := range all {
			if err == nil && same(other, d) {
				err = fmt.Errorf("--data %s: its claim or its path is given twice", value)
			}
		}
		all, errs = append(all, d), append(errs, err)
	}
	return all, errors.Join(errs...)
}

func parseData(value string) (workloads.Data, error) {
	invalid := func(reason string) (workloads.Data, error) {
		return workloads.Data{}, fmt.Errorf("--data %q is not valid: %s; give CLAIM:PATH, such as ct-scans:/data/ct, or CLAIM alone for the path in the SitePolicy", value, reason)
	}
	claim, at, found := strings.Cut(value, ":")
	at, mode, moded := strings.Cut(at, ":")
	switch reasons := validation.IsDNS1123Subdomain(claim); {
	case len(reasons) > 0:
		return invalid("the claim: " + reasons[0])
	case !found:
		return workloads.Data{Claim: claim}, nil
	case moded && mode != "rw":
		return invalid("only :rw may follow the path")
	case !path.IsAbs(at) || path.Clean(at) != at || at == "/":
		return invalid("the path must be an absolute one below /")
	}
	return workloads.Data{Claim: claim, MountPath: at, Writable: moded}, nil
}
