package offline

import (
	"fmt"
	"maps"
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
	local := newest(q.Facts.Locals, func(name string, l policies.LocalFact) (int64, bool) {
		return l.Serial, checks.IsLocalName(name, participant)
	})
	q.Facts.Launcher = &policies.LauncherFact{ServiceAccountName: user[strings.LastIndex(user, ":")+1:], KitName: kit}
	if local != "" {
		q.Facts.Launcher.LocalNames = []string{local}
	}
	q.Notes = append(q.Notes, fmt.Sprintf("assumed: the token of %s is bound to a pod with the kit Secret %q and the ConfigMap %q", user, kit, local))
}

// newestKit is the kit of the participant with the highest serial; of equal ones the
// first by name, so that the answer is always the same.
func newestKit(kits map[string]*policies.KitFact, participant string) string {
	return newest(kits, func(_ string, k *policies.KitFact) (int64, bool) {
		return k.Serial, k.Error == "" && k.Participant == participant
	})
}

// newest is the first name of those that count with the highest serial, "" if none counts.
func newest[T any](all map[string]T, serial func(string, T) (int64, bool)) string {
	best, found := int64(0), ""
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if number, counts := serial(name, all[name]); counts && (found == "" || number > best) {
			best, found = number, name
		}
	}
	return found
}
