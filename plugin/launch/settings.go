package launch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Settings are the flags for what all pods of a participant have, those of its jobs included.
type Settings struct {
	Env           []string
	NodeSelector  map[string]string
	Tolerations   []string
	RuntimeClass  string
	PriorityClass string
	SharedMemory  string
	Python        string
	Servers       []string
	RunAsUser     string
	CABundle      string
}

// runAsPlatform is the value of --run-as-user for users that the platform assigns.
const runAsPlatform = "platform"

// Add adds the flags.
func (f *Settings) Add(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.Env, "env", nil, "Variable of all containers, as NAME=VALUE, such as HTTPS_PROXY=http://proxy:3128; in a governed namespace, the SitePolicy says which may be; may be given more than once")
	fs.StringToStringVar(&f.NodeSelector, "node-selector", nil, "Label of the nodes on which the pods may run, such as gpu-type=a100; may be given more than once")
	fs.StringArrayVar(&f.Tolerations, "toleration", nil, "Taint of nodes on which the pods may run, as KEY[=VALUE][:EFFECT]; those with the name of a device that is requested are tolerated without it; may be given more than once")
	fs.StringVar(&f.RuntimeClass, "runtime-class", "", "RuntimeClass of the pods, such as the one that gives them GPUs")
	fs.StringVar(&f.PriorityClass, "priority-class", "", "PriorityClass of the pods")
	fs.StringVar(&f.SharedMemory, "shared-memory", "", "Size of /dev/shm of the container in which jobs run, such as 8Gi, which counts against --memory; the default is that of the container runtime, 64Mi")
	fs.StringVar(&f.Python, "python", "", "Path of Python in the image, such as /opt/conda/bin/python3.12; the default is the one in the image's PATH")
	fs.StringArrayVar(&f.Servers, "server-address", nil, "IP address of the server that the kit dials, for a server outside of the cluster whose name DNS does not have; may be given more than once")
	fs.StringVar(&f.CABundle, "ca-bundle", "", "ConfigMap with authorities that programs trust besides the root of the kit, as NAME or NAME:KEY, such as that of a proxy which inspects TLS; the key is ca-bundle.crt by default; in a governed namespace, the SitePolicy says which ConfigMaps may be")
	fs.StringVar(&f.RunAsUser, "run-as-user", "", "platform: leave the user and groups of the containers to a platform that assigns them; or "+strconv.FormatInt(workloads.UserID, 10)+", the default in a namespace for which OpenShift does not")
}

// Parse reads the flags, and reports all problems with them.
func (f *Settings) Parse(memory resource.Quantity) (workloads.PodSettings, error) {
	env, err := parseEnv(f.Env)
	shm, sized := f.sharedMemory(memory)
	s := workloads.PodSettings{
		Env: env, NodeSelector: f.NodeSelector, Tolerations: parseTolerations(f.Tolerations), RuntimeClass: f.RuntimeClass, PriorityClass: f.PriorityClass,
		SharedMemory: shm, Python: f.Python, ServerAddresses: f.Servers,
	}
	if f.RunAsUser != "" {
		s.PlatformUser = new(f.RunAsUser == runAsPlatform)
	}
	s.CABundle.ConfigMap, s.CABundle.Key, _ = strings.Cut(f.CABundle, ":")
	errs := []error{err, sized}
	if own := strconv.FormatInt(workloads.UserID, 10); f.RunAsUser != "" && f.RunAsUser != runAsPlatform && f.RunAsUser != own {
		errs = append(errs, fmt.Errorf("--run-as-user %q is not valid: give %s or %s", f.RunAsUser, runAsPlatform, own))
	}
	for _, wrong := range s.Validate(nil) {
		errs = append(errs, fmt.Errorf("--%s: %s", flagOf(wrong.Field), wrong.ErrorBody()))
	}
	return s, errors.Join(errs...)
}

// flagOf is the flag that fills a field.
func flagOf(field string) string {
	field, _, _ = strings.Cut(field, "[")
	for _, name := range [...][2]string{
		{"nodeSelector", "node-selector"}, {"tolerations", "toleration"}, {"runtimeClass", "runtime-class"}, {"priorityClass", "priority-class"},
		{"caBundle.configMap", "ca-bundle"}, {"caBundle.key", "ca-bundle"}, {"sharedMemory", "shared-memory"}, {"serverAddresses", "server-address"},
		{"service.type", "service-type"}, {"service.annotations", "service-annotation"}, {"service.class", "service-class"}, {"service.sourceRanges", "service-source-range"},
	} {
		if field == name[0] {
			return name[1]
		}
	}
	name, _, _ := strings.Cut(field, ".")
	return name
}

func (f *Settings) sharedMemory(memory resource.Quantity) (resource.Quantity, error) {
	if f.SharedMemory == "" {
		return resource.Quantity{}, nil
	}
	q, err := resource.ParseQuantity(f.SharedMemory)
	switch {
	case err != nil || q.Sign() <= 0:
		return resource.Quantity{}, fmt.Errorf("--shared-memory %q is not a valid size: give for example 8Gi", f.SharedMemory)
	case !memory.IsZero() && q.Cmp(memory) >= 0:
		return q, fmt.Errorf("--shared-memory %s counts against --memory %s: give a smaller one, or more memory", f.SharedMemory, memory.String())
	}
	return q, nil
}

func parseEnv(values []string) ([]corev1.EnvVar, error) {
	var all []corev1.EnvVar
	var errs []error
	for _, given := range values {
		name, value, ok := strings.Cut(given, "=")
		if !ok {
			errs = append(errs, fmt.Errorf("--env %q is not valid: give NAME=VALUE", given))
			continue
		}
		all = append(all, corev1.EnvVar{Name: name, Value: value})
	}
	return all, errors.Join(errs...)
}

// parseTolerations reads KEY[=VALUE][:EFFECT].
func parseTolerations(values []string) []corev1.Toleration {
	var all []corev1.Toleration
	for _, given := range values {
		taint, effect, _ := strings.Cut(given, ":")
		key, value, equal := strings.Cut(taint, "=")
		t := corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffect(effect)}
		if equal {
			t.Operator, t.Value = corev1.TolerationOpEqual, value
		}
		all = append(all, t)
	}
	return all
}
