package kit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// settings are the flags that change local/ before it is sealed. Who seals it decides about
// it, so no other command changes a local/ that is sealed.
type settings struct {
	// JobRuntime is pod, or empty if local/ stays as it is.
	JobRuntime string
	// Image is for jobs that name none, ImagePullSecrets are those of job pods.
	Image            string
	ImagePullSecrets []string
	// Pods are the settings of job pods.
	Pods launch.Settings
	// given are the flags of Pods that are given.
	given func() []string
}

// runtimePod is the only runtime of jobs that needs other settings than those of the kit.
const runtimePod = "pod"

func (s *settings) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.JobRuntime, "job-runtime", "", "pod: before sealing local/, write the settings with which the participant runs each job in a pod of its own, in the namespace given with -n")
	f.StringVar(&s.Image, "job-image", "", "With --job-runtime=pod: image for jobs that name none")
	f.StringArrayVar(&s.ImagePullSecrets, "job-image-pull-secret", nil, "With --job-runtime=pod: Secret of the namespace with credentials for the registry of jobs' images; may be given more than once")
	pods := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.Pods.Add(pods)
	pods.VisitAll(func(flag *pflag.Flag) { flag.Usage = "With --job-runtime=pod: " + flag.Usage })
	f.AddFlagSet(pods)
	s.given = func() []string {
		var given []string
		pods.VisitAll(func(flag *pflag.Flag) {
			if f.Changed(flag.Name) {
				given = append(given, "--"+flag.Name)
			}
		})
		return given
	}
	_ = cmd.RegisterFlagCompletionFunc("job-runtime", cobra.FixedCompletions([]string{runtimePod}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("job-image", cobra.NoFileCompletions)
}

func (s *settings) validate(local bool) error {
	switch {
	case s.JobRuntime == "" && (s.Image != "" || len(s.ImagePullSecrets) > 0):
		return errors.New("--job-image and --job-image-pull-secret need --job-runtime=pod")
	case s.JobRuntime == "" && len(s.given()) > 0:
		return fmt.Errorf("%s needs --job-runtime=pod", strings.Join(s.given(), ", "))
	case s.JobRuntime != "" && s.JobRuntime != runtimePod:
		return fmt.Errorf("--job-runtime %q is not valid: give pod, or leave it out to seal local/ as it is", s.JobRuntime)
	case s.JobRuntime != "" && !local:
		return errors.New("--job-runtime changes local/: give --local, too")
	}
	return nil
}

// prepare gives the kit the settings, and returns the files that differ.
func (o *SealOptions) prepare(k *kit.Kit) (kit.Files, error) {
	if o.settings.JobRuntime == "" {
		return nil, nil
	}
	framework, err := o.workloads.Get(k.Framework)
	if err != nil {
		return nil, err
	}
	if framework.JobPods == nil {
		return nil, o.workloads.NoJobPods(k.Framework)
	}
	namespace, err := o.clients.Namespace()
	if err != nil {
		return nil, err
	}
	pods, err := o.settings.Pods.Parse(resource.Quantity{})
	if err != nil {
		return nil, err
	}
	local, err := framework.JobPods.LauncherSettings(k, workloads.LauncherOptions{
		Namespace: namespace, Image: o.settings.Image, ImagePullSecrets: o.settings.ImagePullSecrets, PodSettings: pods,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot prepare local/ of the kit %s: %w", o.dir, err)
	}
	var changed kit.Files
	for _, f := range local {
		if old, ok := k.Local.Get(f.Name); !ok || !bytes.Equal(old, f.Data) {
			changed = append(changed, f)
		}
	}
	k.Local = local
	return changed, nil
}

// writeLocal writes files of local/, each completely or not at all. If it is interrupted,
// the seal does not match, and the next run writes the rest.
func writeLocal(dir string, files kit.Files) error {
	if len(files) == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return kit.WithoutPath(err)
	}
	defer root.Close()
	local, err := root.OpenRoot(kit.LocalDir)
	if err != nil {
		return kit.WithoutPath(err)
	}
	defer local.Close()
	for _, f := range files {
		if err := writeFile(local, f.Name, f.Data); err != nil {
			return fmt.Errorf("%s/%s: %w", kit.LocalDir, f.Name, err)
		}
	}
	return nil
}
