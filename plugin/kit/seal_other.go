package kit

import (
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// NewSealOptions are the options of other commands that seal kits. They set the files of the
// key and the certificate, and call Missing.
func NewSealOptions(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *SealOptions {
	return &SealOptions{
		IOStreams: streams, clients: c, registry: known.Frameworks, workloads: known.Workloads, clock: clk, ValidFor: defaultValidity,
		print: printFlags{view: output.NewView()},
	}
}

// JobPods writes the settings of job pods into local/ before it is sealed.
func (o *SealOptions) JobPods(image string, pullSecrets []string) {
	o.settings = settings{JobRuntime: runtimePod, Image: image, ImagePullSecrets: pullSecrets}
}

// Missing seals what no one has sealed: startup/ and local/, or only local/. A kit whose seals
// are there is not changed, no matter who made them.
func (o *SealOptions) Missing(dir string, k *kit.Kit) error {
	pods := o.settings
	if k.Seal != nil && (len(k.Local) == 0 || k.LocalSeal != nil) {
		return nil
	}
	if err := o.readKeys(dir); err != nil {
		return err
	}
	if o.Local = k.Seal != nil; !o.Local {
		o.settings = settings{}
		if err := o.Run(); err != nil {
			return err
		}
	}
	if o.settings = pods; pods.JobRuntime == "" && !o.Local {
		return nil
	}
	o.Local = true
	return o.Run()
}
