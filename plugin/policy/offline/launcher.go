package offline

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// AssumeLauncher fills in what only a cluster knows of a request by a launcher, and
// says so: that its token is bound to a pod of its participant, with the kit that the
// reviewed pod has or else the newest one that is known.
func (q *Review) AssumeLauncher(pod *corev1.Pod) {
	participant, ok := q.Policy.LauncherOf(q.Request.User.Username, q.Request.Namespace)
	if !ok || q.Facts.Launcher != nil {
		return
	}
	kit := checks.KitSecret(&pod.Spec)
	if kit == "" {
		kit = newestKit(q.Facts.Kits, participant)
	}
	user := q.Request.User.Username
	q.Facts.Launcher = &policies.LauncherFact{ServiceAccountName: user[strings.LastIndex(user, ":")+1:], KitName: kit}
	q.Notes = append(q.Notes, fmt.Sprintf("assumed: the token of %s is bound to a pod with the kit Secret %q", user, kit))
}

// newestKit is the kit of the participant with the highest serial; of equal ones the
// first by name, so that the answer is always the same.
func newestKit(kits map[string]*policies.KitFact, participant string) string {
	var names []string
	for name, k := range kits {
		if k.Error == "" && k.Participant == participant {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	newest := ""
	for _, name := range names {
		if newest == "" || kits[name].Serial > kits[newest].Serial {
			newest = name
		}
	}
	return newest
}
