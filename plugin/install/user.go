package install

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// runAsPlatform is the value of --run-as-user for users that the platform assigns.
const runAsPlatform = "platform"

// openShift is the API group of what assigns users there.
const openShift = "security.openshift.io"

func (o *Options) checkUser() error {
	if o.RunAsUser != "" && o.RunAsUser != runAsPlatform {
		return fmt.Errorf("--run-as-user %q is not valid: give %s, or leave it out", o.RunAsUser, runAsPlatform)
	}
	return nil
}

// platformUser says whether the platform assigns the users of pods.
func (o *Options) platformUser() (bool, error) {
	if o.RunAsUser != "" || o.Printer.DryRun.Client() {
		return o.RunAsUser != "", nil
	}
	discovery, err := o.clients.ToDiscoveryClient()
	if err != nil {
		return false, err
	}
	groups, err := discovery.ServerGroups()
	if err != nil {
		return false, err
	}
	return onOpenShift(groups), nil
}

func onOpenShift(groups *metav1.APIGroupList) bool {
	return slices.ContainsFunc(groups.Groups, func(g metav1.APIGroup) bool { return g.Name == openShift })
}
