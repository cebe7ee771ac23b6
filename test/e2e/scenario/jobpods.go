package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// DataMount is where a job's pod has the data: NVFLARE's launcher mounts the dataset ct of
// jobs without a study of their own there.
const DataMount = "/data/default/ct"

// launchers are the ServiceAccounts that make the job pods of a namespace, by launch's names.
func (g *Governed) launchers(namespace string) string {
	var rules []string
	for _, p := range g.Parents() {
		if p.Namespace == namespace {
			rules = append(rules, fmt.Sprintf("{participant: %s, serviceAccountName: %s}", p.Participant, p.Object))
		}
	}
	return strings.Join(rules, ", ")
}

// Parent is a participant that has jobs.
type Parent struct{ Participant, Object, Namespace string }

// Parents are the server and the clients.
func (g *Governed) Parents() []Parent {
	return []Parent{
		{Server, Server, g.ServerNamespace()}, {Site1, Site1, g.Site1Namespace()}, {Site2, "site-2-809cb9ad", g.Site2Namespace()},
	}
}

// RunJobPods has participants run their jobs in pods of their own, with settings that are
// sealed again.
func (g *Governed) RunJobPods(ctx context.Context, parents ...Parent) error {
	for _, p := range parents {
		if err := g.sealJobPods(ctx, p); err != nil {
			return err
		}
		if err := g.launchJobPods(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (g *Governed) sealJobPods(ctx context.Context, p Parent) error {
	_, err := g.Run(ctx, "kit", "seal", "--local", g.Kit(p.Participant), "--key", g.sealer("sealer.key"), "--cert", g.sealer("sealer.crt"),
		"--job-runtime=pod", "--job-image", g.Image, "-n", p.Namespace)
	return err
}

func (g *Governed) launchJobPods(ctx context.Context, p Parent) error {
	args := []string{"launch", g.Kit(p.Participant), "-n", p.Namespace, "--root-fingerprint", g.Root, "--image", g.Image, "--job-runtime=pod"}
	if p.Participant == Site2 {
		args = append(args, "--kit-claim", KitClaim, "--kit-image", g.KitImage)
	}
	_, err := g.Run(ctx, args...)
	return err
}

// UseData has the jobs of the first site mount a claim as their data.
func (g *Governed) UseData(ctx context.Context, claim string) error {
	file := filepath.Join(g.Kit(Site1), "local", "study_runtime.yaml")
	const dataset, marker = "    datasets:\n      ct:\n        mode: ro\n        source: %s\n", "    pod_template:"
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, after, _ := strings.Cut(string(text), marker)
	before, _, _ = strings.Cut(before, "    datasets:")
	if err := os.WriteFile(file, []byte(before+fmt.Sprintf(dataset, claim)+marker+after), 0o600); err != nil {
		return err
	}
	site := g.Parents()[1]
	if err := g.sealJobPods(ctx, site); err != nil {
		return err
	}
	return g.launchJobPods(ctx, site)
}

// DeniedJob is a job whose pod a site does not allow.
type DeniedJob struct {
	Name string
	// Spec is what the job asks for at the first site: launcher_spec of its metadata. It
	// may be nil: then local/ of the site asks for what is not allowed.
	Spec map[string]any
	// Meta and Files are added to the metadata and the folder of the job.
	Meta  map[string]any
	Files map[string]string
	// Want must be in what the site's administrators read, or those of the server if
	// AtServer is set: the site's NVFLARE has told it.
	Want     string
	AtServer bool
}

// DeniedJobs are those that ask for what the policy of the first site does not list.
func (g *Governed) DeniedJobs() []DeniedJob {
	return []DeniedJob{
		{Name: "an image that is not allowed", Spec: map[string]any{"image": "registry.lab:5000/evil@sha256:" + strings.Repeat("ab", 32)}, Want: "repository is not allowed"},
		{Name: "more memory than allowed", Spec: map[string]any{"memory": "64Gi"}, Want: "more than the policy's maximum"},
		{Name: "another interpreter", Spec: map[string]any{"python_path": "/tmp/python"}, Want: "not a participant's command"},
	}
}

// TryJob submits a job that must fail, and returns why, as `kubectl flare job why` prints it
// at the first site.
func (g *Governed) TryJob(ctx context.Context, folder string, j DeniedJob) (string, error) {
	dir, err := g.jobFolder(folder, j)
	if err != nil {
		return "", err
	}
	submit := []string{"job", "submit", dir, "--wait", "--timeout=3m", "-o", "name", "-n", g.ServerNamespace()}
	g.show(submit)
	r, err := Run(ctx, nil, append([]string{g.Flare}, submit...)...)
	id := strings.TrimSpace(r.Stdout)
	switch {
	case err != nil:
		return "", err
	case id == "":
		return "", fmt.Errorf("%s: the job was not submitted: %s", j.Name, r.Stderr)
	case r.Code == 0:
		return "", fmt.Errorf("%s: the job completes", j.Name)
	}
	if j.AtServer && !strings.Contains(r.Stderr, j.Want) {
		return "", fmt.Errorf("%s: the author of the job reads no reason: %s", j.Name, r.Stderr)
	}
	namespace := g.Site1Namespace()
	if j.AtServer {
		namespace = g.ServerNamespace()
	}
	said, err := g.Run(ctx, "job", "why", id, "-n", namespace)
	if err == nil && !strings.Contains(said, j.Want) {
		err = fmt.Errorf("%s: denied without the words %q: %s", j.Name, j.Want, said)
	}
	return said, err
}

// jobFolder is a copy of a job that asks for more.
func (g *Governed) jobFolder(folder string, j DeniedJob) (string, error) {
	dir := filepath.Join(g.Dir, "job")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		return "", err
	}
	for name, content := range j.Files {
		if err := writeFile(filepath.Join(dir, name), content); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, "meta.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var meta map[string]any
	if err := json.Unmarshal(text, &meta); err != nil {
		return "", err
	}
	maps.Copy(meta, j.Meta)
	if j.Spec != nil {
		meta["launcher_spec"] = map[string]any{Site1: map[string]any{"k8s": j.Spec}}
	}
	if text, err = json.Marshal(meta); err != nil {
		return "", err
	}
	return dir, os.WriteFile(file, text, 0o600)
}

const dataClaim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: %s, namespace: %s}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

// CreateData makes the claim with the first site's data.
func (g *Governed) CreateData(ctx context.Context) error {
	file := filepath.Join(g.Dir, "data.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, dataClaim, DataClaim, g.Site1Namespace()), 0o600); err != nil {
		return err
	}
	_, err := Must(ctx, nil, g.Kubectl, "apply", "-f", file)
	return err
}
