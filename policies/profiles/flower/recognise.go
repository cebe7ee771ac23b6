package flower

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// The names of processes that no program has.
const (
	registration = "the registration of SuperNodes"
	scientist    = "the wait of a scientist's pod"
)

// Where a SuperLink or SuperNode runs apps is a part of its name, since the rest of the pod
// depends on it.
const (
	apart     = " with apps in another container"
	elsewhere = " with apps in other pods"
)

// processOf says what a container runs, by the first words of its command. For all others, its
// Kind is KindNone.
func processOf(c *corev1.Container) profiles.Process {
	w := profiles.WordsOf(c)
	switch program := w.At(0); program {
	case flower.ProgramSuperLink:
		return profiles.Process{Kind: profiles.KindParent, Role: flower.RoleServer, Program: runsApps(program, w)}
	case flower.ProgramSuperNode:
		return profiles.Process{Kind: profiles.KindParent, Role: flower.RoleClient, Program: runsApps(program, w)}
	case flower.ProgramClientApp:
		return profiles.Process{Kind: profiles.KindJob, Role: flower.RoleClient, Program: program}
	case flower.ProgramSuperExec, flower.ProgramProxy:
		return profiles.Process{Kind: profiles.KindHelper, Program: program}
	case flower.Python:
		return scriptOf(w)
	}
	return profiles.Process{}
}

func scriptOf(w profiles.Words) profiles.Process {
	switch {
	case w.At(1) != "-c":
	case w.At(2) == flower.RegisterScript:
		return profiles.Process{Kind: profiles.KindHelper, Program: registration}
	case w.At(2) == flower.AdminScript:
		return profiles.Process{Kind: profiles.KindAdmin, Role: flower.RoleAdmin, Program: scientist}
	}
	return profiles.Process{}
}

// runsApps names a SuperLink or SuperNode by its arguments. If they are wrong, the grammar
// denies them under any name.
func runsApps(program string, w profiles.Words) string {
	process, everywhere := false, false
	for i := 1; i+1 < w.Len(); i++ {
		switch w.At(i) {
		case flagIsolation:
			process = w.At(i+1) == string(flower.IsolationProcess)
		case flagHost:
			everywhere = w.At(i+1) == flower.AnyAddress
		}
	}
	switch {
	case process && everywhere && program == flower.ProgramSuperNode:
		return flower.ProgramSuperNode + elsewhere
	case process && program == flower.ProgramSuperNode:
		return flower.ProgramSuperNode + apart
	case process:
		return flower.ProgramSuperLink + apart
	}
	return program
}

// mentions says whether a container has to do with Flower, whatever it runs.
func mentions(c *corev1.Container) bool {
	for _, list := range [2][]string{c.Command, c.Args} {
		for _, word := range list {
			if strings.Contains(word, "flower-super") || strings.Contains(word, "flwr") || ownFlag(word) {
				return true
			}
		}
	}
	return ownImage(c.Image)
}

// ownFlag says whether a word is a flag that only Flower's programs have.
func ownFlag(word string) bool {
	name, _, _ := strings.Cut(word, "=")
	switch name {
	case flagSuperLink, flagRuntime, flagSecret, "--enable-supernode-auth", "--auth-supernode-private-key", "--fleet-api-address",
		"--fleet-api-type", "--control-api-address", "--exec-api-address", "--serverappio-api-address", "--clientappio-api-address", "--appio-api-address":
		return true
	}
	return false
}

// ownImage says whether an image has the name of one of upstream's, from any registry. Source:
// the folder framework/docker of Flower's repository.
func ownImage(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	folder, name := "", image
	if i := strings.LastIndexByte(image, '/'); i >= 0 {
		folder, name = image[:i], image[i+1:]
	}
	return (folder == "flwr" || strings.HasSuffix(folder, "/flwr")) && strings.HasPrefix(name, "super")
}
