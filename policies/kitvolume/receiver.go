package kitvolume

import (
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Receiver is the name of the container that reads a kit from its standard input.
const Receiver = "receive"

// receiverMount is where the receiver mounts the claim.
const receiverMount = "/volume"

// receiverSeconds is how long a receiver runs at most.
const receiverSeconds = 600

// ReceiverSpec is a pod that reads a kit from its standard input and writes it to a
// folder of the claim if it has this digest. The name of the folder is the start of the
// digest, so that a kit can never replace another one.
func ReceiverSpec(image, digest string, v kit.Volume, security *corev1.PodSecurityContext) corev1.PodSpec {
	c := container(Receiver, image,
		[]string{"receive", "--digest=" + digest, "--to=" + path.Join(receiverMount, v.SubPath)},
		[]corev1.VolumeMount{{Name: "kits", MountPath: receiverMount}})
	c.Stdin, c.StdinOnce = true, true
	raw := RawVolume("kits", v.ClaimName)
	raw.PersistentVolumeClaim.ReadOnly = false
	return corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, ActiveDeadlineSeconds: new(int64(receiverSeconds)),
		TerminationGracePeriodSeconds: new(int64(5)),
		AutomountServiceAccountToken:  new(false), EnableServiceLinks: new(false),
		SecurityContext: security,
		Containers:      []corev1.Container{c},
		Volumes:         []corev1.Volume{raw},
	}
}

// IsReceiver says whether a pod is exactly a receiver of this image: it compares the one
// container and the one volume with those of ReceiverSpec. The pod's name and labels do
// not matter.
func IsReceiver(spec *corev1.PodSpec, image string) bool {
	if image == "" || len(spec.Containers) != 1 || len(spec.Volumes) != 1 || len(spec.InitContainers)+len(spec.EphemeralContainers) > 0 {
		return false
	}
	c, claim := &spec.Containers[0], spec.Volumes[0].PersistentVolumeClaim
	if claim == nil || len(c.Args) != 3 {
		return false
	}
	digest, named := strings.CutPrefix(c.Args[1], "--digest=")
	folder, below := strings.CutPrefix(c.Args[2], "--to="+receiverMount+"/")
	if !named || !below || !ownFolder(folder, digest) {
		return false
	}
	want := ReceiverSpec(image, digest, kit.Volume{ClaimName: claim.ClaimName, SubPath: folder}, nil)
	return Same(c, &want.Containers[0]) && equality.Semantic.DeepEqual(spec.Volumes, want.Volumes)
}

// ownFolder says whether a folder is that of the kit with this digest.
func ownFolder(folder, digest string) bool {
	const digits = 32
	return len(digest) == 2*digits && path.Base(folder) == digest[:digits] &&
		kit.Volume{ClaimName: "any", SubPath: folder}.Check() == nil
}

// Same compares two containers. Their resources may differ: a LimitRange may set some,
// and other checks limit them. So may their pull policies, which the admission plugin
// AlwaysPullImages sets: the image is given by digest.
func Same(got, want *corev1.Container) bool {
	a := *got
	a.Resources, a.ImagePullPolicy = want.Resources, want.ImagePullPolicy
	return equality.Semantic.DeepEqual(&a, want)
}
