package launch

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Pods are the flags of every command that runs participants: what their pods are made of.
type Pods struct {
	Settings
	Images           []string
	ImagePullSecrets []string
	CPU, Memory      string
	Devices          map[string]string
	GPUs             int
	StorageSize      string
	StorageClass     string
	Service          Service
	ClusterDomain    string
	PodLabels        map[string]string
	PodAnnotations   map[string]string
	ForceConflicts   bool
	// ImageElsewhere says that not only the flags name images.
	ImageElsewhere bool
	// Timeout is how long to wait for one participant.
	Timeout time.Duration
}

const (
	defaultStorageSize = "1Gi"
	defaultTimeout     = 5 * time.Minute
)

// NewPods has the defaults.
func NewPods() Pods { return Pods{StorageSize: defaultStorageSize, Timeout: defaultTimeout} }

// Add adds the flags to a command.
func (f *Pods) Add(cmd *cobra.Command, known *workloads.Registry) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.Images, "image", f.Images, "Image that has "+known.ShortNames()+" in it, of the kit's version; with CONTAINER=IMAGE, that of one container, such as proxy; may be given more than once")
	fs.StringArrayVar(&f.ImagePullSecrets, "image-pull-secret", f.ImagePullSecrets, "Secret of the namespace with credentials for the image's registry; may be given more than once")
	fs.StringVar(&f.CPU, "cpu", f.CPU, "CPU request and limit, such as 2 or 500m; the default is a request of 100m and no limit")
	fs.StringVar(&f.Memory, "memory", f.Memory, "Memory request and limit, such as 8Gi; the default is a request of 256Mi and no limit")
	fs.StringToStringVar(&f.Devices, "device", nil, "Devices for the container in which jobs run, such as amd.com/gpu=1; may be given more than once")
	fs.IntVar(&f.GPUs, "gpus", 0, "GPUs for the container in which jobs run; the same as --device nvidia.com/gpu=N")
	f.Settings.Add(fs)
	fs.StringVar(&f.StorageSize, "storage-size", f.StorageSize, "Size of a new workspace volume")
	fs.StringVar(&f.StorageClass, "storage-class", f.StorageClass, "StorageClass of a new workspace volume; the default is the cluster's default")
	f.Service.Add(fs)
	fs.StringVar(&f.ClusterDomain, "cluster-domain", "", "Domain of the cluster's Services; the default is what the configuration of its DNS says, if you may read that, or cluster.local")
	fs.StringToStringVar(&f.PodLabels, "pod-label", nil, "Label of the pods, such as sidecar.istio.io/inject=false, which keeps an injector away; may be given more than once")
	fs.StringToStringVar(&f.PodAnnotations, "pod-annotation", nil, "Annotation of the pods, such as linkerd.io/inject=disabled; in a governed namespace, the SitePolicy says which may be; may be given more than once")
	fs.BoolVar(&f.ForceConflicts, "force-conflicts", f.ForceConflicts, "Take over fields that other field managers have set")
	fs.DurationVar(&f.Timeout, "timeout", f.Timeout, "Longest time to wait")
}

// Participant reads the flags and reports all problems with them. The caller adds what is not
// among them.
func (f *Pods) Participant(namespace string, known *workloads.Registry) (workloads.Participant, error) {
	image, images, errs := f.images()
	if image == "" && !f.ImageElsewhere {
		errs = append(errs, fmt.Errorf("--image is missing: give an image with %s in it, such as --image %s", known.ShortNames(), known.ExampleImage()))
	}
	devices, err := f.devices()
	errs = append(append(errs, f.podMeta()...), err)
	quantity := func(flag, value string) resource.Quantity {
		if value == "" {
			return resource.Quantity{}
		}
		q, err := resource.ParseQuantity(value)
		if err != nil || q.Sign() <= 0 {
			errs = append(errs, fmt.Errorf("--%s %q is not a valid quantity: give for example 2, 500m or 8Gi", flag, value))
		}
		return q
	}
	memory := quantity("memory", f.Memory)
	settings, err := f.Parse(memory)
	service, wrong := f.Service.Parse()
	errs = append(errs, err, wrong)
	if reasons := validation.IsDNS1123Subdomain(f.ClusterDomain); f.ClusterDomain != "" && len(reasons) > 0 {
		errs = append(errs, fmt.Errorf("--cluster-domain %q is not valid: %s", f.ClusterDomain, reasons[0]))
	}
	p := workloads.Participant{
		Namespace: namespace,
		Settings: workloads.Settings{
			PodSettings: settings,
			Image:       image, Images: images, ImagePullSecrets: f.ImagePullSecrets,
			Resources:       workloads.Resources{CPU: quantity("cpu", f.CPU), Memory: memory, Devices: devices},
			Storage:         workloads.Storage{Size: quantity("storage-size", f.StorageSize), Class: f.StorageClass},
			ExternalService: service,
			ClusterDomain:   f.ClusterDomain,
			PodLabels:       f.PodLabels, PodAnnotations: f.PodAnnotations,
		},
	}
	return p, errors.Join(errs...)
}

// images splits the values of --image into that of all containers and those of some.
func (f *Pods) images() (image string, images map[string]string, errs []error) {
	images = map[string]string{}
	for _, value := range f.Images {
		container, of, some := strings.Cut(value, "=")
		switch {
		case value == "":
			errs = append(errs, errors.New("--image is missing its value: give IMAGE, or CONTAINER=IMAGE for one container"))
		case !some && image == "":
			image = value
		case !some:
			errs = append(errs, fmt.Errorf("--image is given as %s and as %s: give the second one as CONTAINER=IMAGE", image, value))
		case len(validation.IsDNS1123Label(container)) > 0 || of == "":
			errs = append(errs, fmt.Errorf("--image %q is not valid: give IMAGE, or CONTAINER=IMAGE for one container", value))
		case images[container] != "":
			errs = append(errs, fmt.Errorf("--image is given twice for the container %s", container))
		default:
			images[container] = of
		}
	}
	return image, images, errs
}

// gpu is the name under which the most common device plugin offers GPUs.
const gpu = "nvidia.com/gpu"

// devices are numbers of devices by the names under which a device plugin offers them.
func (f *Pods) devices() (corev1.ResourceList, error) {
	var all corev1.ResourceList
	switch {
	case f.GPUs < 0:
		return nil, fmt.Errorf("--gpus %d is not valid: give a positive number", f.GPUs)
	case f.GPUs > 0 && f.Devices[gpu] != "":
		return nil, fmt.Errorf("--gpus and --device %s are the same: give one of them", gpu)
	case f.GPUs > 0:
		all = corev1.ResourceList{gpu: *resource.NewQuantity(int64(f.GPUs), resource.DecimalSI)}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Devices)) {
		count, err := strconv.ParseUint(f.Devices[name], 10, 16)
		if len(validation.IsQualifiedName(name)) > 0 || !strings.Contains(name, "/") || err != nil || count == 0 {
			return nil, fmt.Errorf("--device %s=%s is not valid: give the name of an extended resource and a number, such as amd.com/gpu=1", name, f.Devices[name])
		}
		if all == nil {
			all = corev1.ResourceList{}
		}
		all[corev1.ResourceName(name)] = *resource.NewQuantity(int64(count), resource.DecimalSI)
	}
	return all, nil
}

// podMeta checks the labels and annotations of pods. Those of the participant are made
// from its kit.
func (f *Pods) podMeta() []error {
	var errs []error
	for flag, given := range map[string]map[string]string{"pod-label": f.PodLabels, "pod-annotation": f.PodAnnotations} {
		for _, key := range slices.Sorted(maps.Keys(given)) {
			reasons := validation.IsQualifiedName(key)
			if flag == "pod-label" {
				reasons = append(reasons, validation.IsValidLabelValue(given[key])...)
			}
			switch domain, _, _ := strings.Cut(key, "/"); {
			case domain == names.Group || domain == "app.kubernetes.io":
				errs = append(errs, fmt.Errorf("--%s %s is set from the kit: leave it out", flag, key))
			case len(reasons) > 0:
				errs = append(errs, fmt.Errorf("--%s %s=%s is not valid: %s", flag, key, given[key], reasons[0]))
			}
		}
	}
	return errs
}
