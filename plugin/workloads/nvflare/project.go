package nvflare

import (
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// project is a project.yml, as far as it says who takes part
// (nvflare/lighter/{entity,prov_utils}.py of 2.9).
type project struct {
	APIVersion   any    `json:"api_version"`
	Name         string `json:"name"`
	Participants []struct {
		Name, Type, Org string
	} `json:"participants"`
	Builders []struct {
		Path string         `json:"path"`
		Args map[string]any `json:"args"`
	} `json:"builders"`
}

// maxName is where NVFLARE cuts names of projects.
const maxName = 63

// ImportedFile implements federation.Importer.
func (Workloads) ImportedFile() string { return "project.yml" }

// Import implements federation.Importer. The kits are where `nvflare provision` writes them:
// in the newest folder prod_NN of the project, in the folder of a workspace.
func (Workloads) Import(data []byte) (*federation.Federation, error) {
	p := project{}
	if err := yaml.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("it is not valid YAML: %w", err)
	}
	if p.Name == "" || len(p.Participants) == 0 || p.APIVersion == nil {
		return nil, errors.New("it has no api_version, name or participants")
	}
	f := &federation.Federation{}
	f.Name = p.Name[:min(len(p.Name), maxName)]
	f.Spec.Framework.Name = nvflare.Name
	f.Spec.Kits = "*/" + f.Name + "/prod_*"
	f.Spec.Defaults.Image = p.image()
	for _, m := range p.Participants {
		// 2.8 and later have no overseer, and ignore one.
		if m.Type == "overseer" {
			continue
		}
		f.Spec.Participants = append(f.Spec.Participants, federation.Participant{Name: m.Name, Role: kit.Role(m.Type), Org: m.Org})
	}
	return f, nil
}

// image is that of the containers in which the project runs participants.
func (p *project) image() string {
	for _, b := range p.Builders {
		if image, ok := b.Args["docker_image"].(string); ok && strings.HasSuffix(b.Path, "StaticFileBuilder") {
			return image
		}
	}
	return ""
}
