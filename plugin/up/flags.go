package up

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
)

// maxClients keeps a typing error from filling a cluster.
const maxClients = 1000

// flags are the flags of `kubectl flare up`, as given.
type flags struct {
	launch.Pods
	// Framework and Version are those of all participants, Name the federation's.
	Framework, Version, Name string
	// Clients is their number, Min how many a job needs, Rounds how many rounds it has; 0
	// leaves both to the job.
	Clients, Min, Rounds int
	// ClientConfig are values for the code of jobs at each client.
	ClientConfig map[string]string
	// Set are values of the job, as KEY=VALUE.
	Set  []string
	Data []string
	// Dir is the folder for the kits and the state.
	Dir string
	// JobRuntime says where jobs run.
	JobRuntime string
	// OnlyOrg launches the participants of one organization alone.
	OnlyOrg string
	// Plan prints what would be done.
	Plan bool
	// Wait waits until participants have joined.
	Wait bool
	// Prune deletes participants that the federation does not have any more.
	Prune bool
	origin
}

func (f *flags) add(cmd *cobra.Command, known Known) {
	fs := cmd.Flags()
	fs.StringVar(&f.Framework, "framework", "", "Framework of the federation: "+strings.Join(known.Frameworks.Provisioners(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("framework", cobra.FixedCompletions(known.Frameworks.Provisioners(), cobra.ShellCompDirectiveNoFileComp))
	fs.StringVar(&f.Version, "framework-version", "", "Version of the framework; the default is that in the image's tag")
	fs.StringVar(&f.Name, "name", "", "Name of the federation; the default is the name of the namespace")
	fs.IntVar(&f.Clients, "clients", f.Clients, "Number of clients")
	fs.IntVar(&f.Min, "min", 0, "Clients that a job needs; the default is what the job says")
	fs.IntVar(&f.Rounds, "rounds", 0, "Rounds of the job; the default is what the job says")
	fs.StringArrayVar(&f.Set, "set", nil, "Value that the job runs with, as KEY=VALUE; may be given more than once")
	fs.StringToStringVar(&f.ClientConfig, "client-config", nil, "Value for the code of jobs at each client, as KEY=VALUE, such as privacy-budget=0.5; may be given more than once")
	f.addFile(cmd, known)
	fs.BoolVar(&f.Plan, "plan", false, "Print what would be done, and change nothing")
	fs.BoolVar(&f.Wait, "wait", f.Wait, "Wait until the server is ready and the others have joined")
}

// addFile adds the flags that say what the federation is and what its participants run with.
func (f *flags) addFile(cmd *cobra.Command, known Known) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.Data, "data", nil, "Claim with data and its path for jobs at each client, as CLAIM:PATH, read-only, or CLAIM:PATH:rw; without a path, it is that of the SitePolicy; may be given more than once")
	fs.StringVar(&f.JobRuntime, "job-runtime", "", "Where jobs run: process, in the participant's own container; container, in a container beside it, without its key; or pod, each in a pod of its own")
	_ = cmd.RegisterFlagCompletionFunc("job-runtime", cobra.FixedCompletions(jobRuntimes(), cobra.ShellCompDirectiveNoFileComp))
	fs.StringVarP(&f.File, "filename", "f", "", "File of the kind Federation, or - for standard input")
	fs.StringVar(&f.Project, "project", "", "File of a framework that says who takes part, such as project.yml")
	fs.StringVar(&f.Kits, "kits", "", "Folder with a kit for each participant; the default is what the file says")
	fs.StringVar(&f.OnlyOrg, "only-org", "", "Organization whose participants are launched; those of others are expected to run")
	fs.BoolVar(&f.Prune, "prune", false, "Delete the federation's participants in these namespaces that the file does not list; without a file, that is always done")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json")
	_ = cmd.MarkFlagFilename("project", "yaml", "yml")
	_ = cmd.MarkFlagDirname("kits")
	fs.StringVar(&f.Dir, "out", "", "Folder for the kits and the federation's root key; the default is the federation's name, in the current folder")
	_ = cmd.MarkFlagDirname("out")
	f.Add(cmd, known.Workloads)
}

// jobRuntimes are the values of --job-runtime.
func jobRuntimes() []string {
	return []string{string(federation.JobProcess), string(federation.JobContainer), string(federation.JobPod)}
}

// Complete reads the flags, and reports all problems with them.
func (o *Options) Complete(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		o.AppDir = args[0]
	}
	o.changed = func(name string) bool { return cmd.Flag(name).Changed }
	namespace, err := o.clients.Namespace()
	if err != nil {
		return err
	}
	o.ImageElsewhere = o.files()
	errs := []error{o.printer.Complete(cmd), o.view.Validate(), o.jobRuntime()}
	if o.view.Structured() && !o.Plan {
		errs = append(errs, errors.New("-o is for the plan: give --plan too"))
	}
	o.template, err = o.Participant(namespace, o.known.Workloads)
	errs = append(errs, err)
	if o.files() {
		return errors.Join(append(errs, o.apart(), o.onlyWithout())...)
	}
	o.Name = cmp.Or(o.Name, namespace)
	o.Dir, o.Prune = cmp.Or(o.Dir, o.Name), true
	errs = append(errs, o.findFramework(), o.numbers(), o.apart())
	if err == nil {
		errs = append(errs, o.findVersion(o.template.Image))
	}
	return errors.Join(errs...)
}

func (f *flags) jobRuntime() error {
	if f.JobRuntime == "" || slices.Contains(jobRuntimes(), f.JobRuntime) {
		return nil
	}
	return fmt.Errorf("--job-runtime %q is not valid: give one of %s", f.JobRuntime, strings.Join(jobRuntimes(), ", "))
}

// onlyWithout rejects flags of a federation without a file.
func (o *Options) onlyWithout() error {
	for _, name := range []string{"framework", "framework-version", "name", "clients", "client-config"} {
		if o.changed(name) {
			return fmt.Errorf("--%s is for a federation without a file: set it in the file", name)
		}
	}
	return nil
}

// apart keeps the private keys out of the job's folder, all of which is sent to the server.
func (o *Options) apart() error {
	if o.AppDir == "" {
		return nil
	}
	app, err := filepath.Abs(o.AppDir)
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(app); err == nil {
		app = real
	}
	out, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	// The folder may not exist yet: what exists above it decides where it will be.
	for above, rest := out, ""; ; above, rest = filepath.Dir(above), filepath.Join(filepath.Base(above), rest) {
		if real, err := filepath.EvalSymlinks(above); err == nil {
			out = filepath.Join(real, rest)
			break
		}
	}
	if inside, err := filepath.Rel(app, out); err == nil && filepath.IsLocal(inside) {
		return fmt.Errorf("the kits, with private keys, would be in %s, and so be sent with the job: give a folder outside of it with --out", o.AppDir)
	}
	return nil
}

func (o *Options) findFramework() error {
	names := o.known.Frameworks.Provisioners()
	if o.Framework == "" {
		return fmt.Errorf("--framework is missing: give one of those whose kits kubectl flare makes: %s", strings.Join(names, ", "))
	}
	found, ok := o.known.Frameworks.Find(o.Framework)
	if !ok || found.Provisioner == nil || found.Partitioner == nil {
		return fmt.Errorf("--framework %q: give one of those whose kits kubectl flare makes: %s", o.Framework, strings.Join(names, ", "))
	}
	o.framework = found
	var err error
	o.objects, err = o.known.Workloads.Get(o.Framework)
	return err
}

func (o *Options) numbers() error {
	switch reasons := validation.IsDNS1123Label(o.Name); {
	case len(reasons) > 0:
		return fmt.Errorf("--name %q is not valid: %s", o.Name, reasons[0])
	case len(o.Name) > maxName:
		return fmt.Errorf("--name %q is longer than %d characters", o.Name, maxName)
	case o.Clients < 1 || o.Clients > maxClients:
		return fmt.Errorf("--clients must be from 1 to %d", maxClients)
	case o.Min < 0 || o.Min > o.Clients:
		return fmt.Errorf("--min must be from 1 to the number of clients, %d", o.Clients)
	case o.Rounds < 0:
		return errors.New("--rounds must be positive")
	case o.AppDir == "" && (o.Min > 0 || o.Rounds > 0 || len(o.Set) > 0):
		return errors.New("--min, --rounds and --set are for a job: give its folder")
	}
	return nil
}

// tagVersion is the version that a tag begins with.
var tagVersion = regexp.MustCompile(`^v?([0-9]+\.[0-9]+\.[0-9]+)([-.+_].*)?$`)

func (o *Options) findVersion(image string) error {
	if o.Version != "" {
		return nil
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return fmt.Errorf("--image %q is not valid: %w", image, err)
	}
	if tagged, ok := named.(reference.Tagged); ok {
		if match := tagVersion.FindStringSubmatch(tagged.Tag()); match != nil {
			o.Version = match[1]
			return nil
		}
	}
	return fmt.Errorf("the tag of --image %s does not begin with a version: give the version of the framework in it with --framework-version", image)
}
