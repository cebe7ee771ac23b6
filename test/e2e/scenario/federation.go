package scenario

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

// Federation is a server, two clients of two organisations and an admin.
type Federation struct {
	// Name is the project's name; Prefix begins the namespaces' names.
	Name, Prefix string
	// Host is the name that the clients dial, where it is not the server's
	// Service in full.
	Host string
	// Port is what they dial; zero is 8002.
	Port int
}

// The participants. The second client's name is no Kubernetes name.
const (
	Server = "server1"
	Site1  = "site-1"
	Site2  = "Site_2"
	Admin  = "lead@hospital-a.org"
)

// ServerNamespace and the others are the participants' namespaces; the admin's is
// the server's.
func (f Federation) ServerNamespace() string { return f.Prefix + "-server" }

// Site1Namespace is the first client's.
func (f Federation) Site1Namespace() string { return f.Prefix + "-site-1" }

// Site2Namespace is the second client's.
func (f Federation) Site2Namespace() string { return f.Prefix + "-site-2" }

// Namespaces are all of them.
func (f Federation) Namespaces() []string {
	return []string{f.ServerNamespace(), f.Site1Namespace(), f.Site2Namespace()}
}

// DialledHost is the name that the kits' clients dial.
func (f Federation) DialledHost() string {
	if f.Host != "" {
		return f.Host
	}
	return Server + "." + f.ServerNamespace() + ".svc.cluster.local"
}

// DialledPort is the port that the kits' clients dial.
func (f Federation) DialledPort() int {
	if f.Port != 0 {
		return f.Port
	}
	return 8002
}

var project = template.Must(template.New("project.yml").Parse(`api_version: 3
name: {{.Name}}
description: two hospitals train one model
participants:
- {name: server1, type: server, org: consortium, fed_learn_port: {{.DialledPort}}, admin_port: {{.DialledPort}}, default_host: {{.DialledHost}}}
- {name: site-1, type: client, org: hospital_a}
- {name: Site_2, type: client, org: hospital_b}
- {name: lead@hospital-a.org, type: admin, org: hospital_a, role: project_admin}
builders:
- path: nvflare.lighter.impl.workspace.WorkspaceBuilder
- path: nvflare.lighter.impl.static_file.StaticFileBuilder
  args: {config_folder: config, scheme: grpc}
- path: nvflare.lighter.impl.cert.CertBuilder
- path: nvflare.lighter.impl.signature.SignatureBuilder
`))

// Provision runs the real `nvflare provision` of a version in dir and returns the
// folder that holds the kits. Only the lab has more than one version. A second run in the same dir reuses the root and
// every certificate that its state still has.
func (e Env) Provision(ctx context.Context, f Federation, version, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	var file bytes.Buffer
	if err := project.Execute(&file, f); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "project.yml"), file.Bytes(), 0o600); err != nil {
		return "", err
	}
	before, err := productions(dir, f)
	if err != nil {
		return "", err
	}
	args := e.provision(version, dir)
	if len(before) > 0 {
		args = append(args, "--force")
	}
	if _, err := Must(ctx, nil, args...); err != nil {
		return "", err
	}
	after, err := productions(dir, f)
	if err != nil {
		return "", err
	}
	if len(after) != len(before)+1 {
		return "", fmt.Errorf("nvflare provision made no new kits in %s", dir)
	}
	return after[len(after)-1], nil
}

// provision is the command that makes kits in dir. The lab's has dir as /work.
func (e Env) provision(version, dir string) []string {
	argv, root := []string{e.Provisioner}, dir
	if e.Lab != "" {
		argv, root = []string{e.Lab, "nvflare", "--version", version, "--dir", dir}, "/work"
	}
	return append(argv, "provision", "-p", filepath.Join(root, "project.yml"), "-w", filepath.Join(root, "ws"))
}

func productions(dir string, f Federation) ([]string, error) {
	return filepath.Glob(filepath.Join(dir, "ws", f.Name, "prod_*"))
}
