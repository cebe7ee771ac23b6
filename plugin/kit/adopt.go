package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

// AdoptOptions are the arguments and flags of `kubectl flare kit adopt`.
type AdoptOptions struct {
	genericiooptions.IOStreams

	// Framework is the name of the framework.
	Framework string
	// Dir is the folder for the kits.
	Dir string
	// Federation, Version, Address and AdminAddress are what the files do not say.
	Federation, Version, Address, AdminAddress string
	// Server is the server's name, Org the organization of all participants.
	Server, Org string
	// Names are the names of clients by the names of their files.
	Names map[string]string
	// Admins get kits of their own.
	Admins []string
	// ServerNames are further names that the server's certificate covers.
	ServerNames []string
	// ValidFor is how long new certificates are valid.
	ValidFor time.Duration
	// DryRun writes nothing.
	DryRun output.DryRun

	from     string
	registry *frameworks.Registry
	clock    clock.PassiveClock
	view     *output.View
}

func newAdoptCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &AdoptOptions{IOStreams: streams, registry: registry, clock: clk, ValidFor: defaultValidity, Server: "server", view: output.NewView()}
	cmd := &cobra.Command{
		Use:                   "adopt DIR --framework=NAME --federation=NAME --framework-version=VERSION --address=HOST:PORT --org=ORG --out=DIR",
		DisableFlagsInUseLine: true,
		Short:                 "Make startup kits of certificates and keys that exist",
		Long: templates.LongDesc(`
			Make startup kits of the certificates and keys of a federation that was made without kits.

			The command looks for them in DIR and its subfolders, and writes a kit for each participant whose
			private key is there. It keeps all keys. If the root's private key is there too, participants also get
			the certificates that they lack; otherwise only a seal says who they are, and a site's SitePolicy must
			list the sealer's key in spec.kits.sealers.`),
		Example: templates.Examples(adoptExample(registry)),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("give the folder with the certificates and keys; there are %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: completeDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.from = args[0]
			if err := errors.Join(o.DryRun.Complete(cmd), o.Validate()); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.addFlags(cmd)
	return cmd
}

// adoptExample is with the first framework that can adopt kits.
func adoptExample(registry *frameworks.Registry) string {
	name := "NAME"
	if all := registry.Adopters(); len(all) > 0 {
		name = all[0]
	}
	return `
# A folder with certificates and keys, in which node_1 and node_1.pub are the key of site-1
kubectl flare kit adopt old --framework=` + name + ` --federation=demo --framework-version=1.42.0 \
  --address=server.example.org:9092 --admin-address=server.fl.svc:9093 --org=lab \
  --name=node_1=site-1 --out=kits`
}

func (o *AdoptOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Framework, "framework", "", "Framework of the federation")
	f.StringVar(&o.Dir, "out", "", "Folder for the kits, one folder for each; it is created if it does not exist")
	f.StringVar(&o.Federation, "federation", "", "Name of the federation")
	f.StringVar(&o.Version, "framework-version", "", "Exact version of the framework that the participants run")
	f.StringVar(&o.Address, "address", "", "Address of the server that clients dial, as host:port")
	f.StringVar(&o.AdminAddress, "admin-address", "", "Address of the server that admins dial, as host:port; needed for the kits of servers and admins")
	f.StringVar(&o.Server, "server", o.Server, "Name of the server")
	f.StringVar(&o.Org, "org", "", "Organization of the participants")
	f.StringToStringVar(&o.Names, "name", nil, "Name of a client by the name of its key's file without an extension, as FILE=NAME; the default is the name of the file")
	f.StringSliceVar(&o.Admins, "admin", nil, "Admins that get kits, which needs the root's private key")
	f.StringSliceVar(&o.ServerNames, "server-name", nil, "Further names that a new certificate of the server covers")
	f.DurationVar(&o.ValidFor, "valid-for", o.ValidFor, "How long new certificates are valid; they expire no later than the root")
	_ = cmd.MarkFlagDirname("out")
	_ = cmd.RegisterFlagCompletionFunc("framework", cobra.FixedCompletions(o.registry.Adopters(), cobra.ShellCompDirectiveNoFileComp))
	o.DryRun.AddClientFlag(cmd)
	o.view.AddFlags(cmd)
	o.view.AddNoHeaders(cmd)
}

// Validate checks the flags.
func (o *AdoptOptions) Validate() error {
	for _, required := range []struct{ flag, value string }{
		{"framework", o.Framework}, {"federation", o.Federation}, {"framework-version", o.Version}, {"address", o.Address}, {"org", o.Org}, {"out", o.Dir},
	} {
		if required.value == "" {
			return fmt.Errorf("--%s is missing: the files do not say it", required.flag)
		}
	}
	if o.ValidFor <= 0 {
		return errors.New("--valid-for must be positive, such as 8760h")
	}
	return o.view.Validate()
}

// Run reads the files and writes the kits.
func (o *AdoptOptions) Run() error {
	found, ok := o.registry.Find(o.Framework)
	if !ok || found.Adopter == nil {
		return fmt.Errorf("--framework: kubectl flare cannot adopt kits of %s: use one of %s", kit.Quote(o.Framework), strings.Join(o.registry.Adopters(), ", "))
	}
	files, err := readTree(o.from)
	if err != nil {
		return err
	}
	made, err := found.Adopter.Adopt(files, o.adoption())
	if err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	list := provision.NewList("StartupKitList", o.DryRun.Client())
	for _, k := range made {
		if err := list.Add(filepath.Join(o.Dir, k.Participant), k); err != nil {
			return err
		}
	}
	return o.view.Print(o.Out, list.Document())
}

func (o *AdoptOptions) adoption() *provisioning.Adoption {
	a := &provisioning.Adoption{
		Project: provisioning.Project{
			Name: o.Federation, Version: o.Version,
			Server: provisioning.Server{
				Member:  provisioning.Member{Name: o.Server, Org: o.Org},
				Address: o.Address, AdminAddress: o.AdminAddress, Names: o.ServerNames,
			},
		},
		Org: o.Org, Names: o.Names, Now: o.clock.Now().UTC().Truncate(time.Second), ValidFor: o.ValidFor,
	}
	for _, name := range o.Admins {
		a.Project.Admins = append(a.Project.Admins, provisioning.Member{Name: name, Org: o.Org})
	}
	return a
}

// maxTree is how many files and folders a folder to adopt may have.
const maxTree = 1000

// readTree reads all small files in a folder and its subfolders. Larger ones are neither
// keys nor certificates. It follows no links.
func readTree(dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dir, kit.WithoutPath(err))
	}
	defer root.Close()
	files, entries := map[string][]byte{}, 0
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if entries++; err == nil && entries > maxTree {
			return fmt.Errorf("it has more than %d files: give the folder with the certificates and keys", maxTree)
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil || info.Size() > maxKeyFile {
			return err
		}
		files[name], err = fs.ReadFile(root.FS(), name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", dir, err)
	}
	return files, nil
}
