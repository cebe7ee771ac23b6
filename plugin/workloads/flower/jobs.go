package flower

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/BurntSushi/toml"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// projectFile is the description of an app.
const projectFile = "pyproject.toml"

// The fields of its components.
const (
	fieldServerApp = "tool.flwr.app.components.serverapp"
	fieldClientApp = "tool.flwr.app.components.clientapp"
)

// maxProject is its greatest size, in bytes.
const maxProject = 1 << 20

// project is what Flower requires of a description. Source: validate_fields_in_config in
// flwr/common/config.py, 1.42.0.
type project struct {
	Project struct {
		Name    string `toml:"name"`
		Version string `toml:"version"`
	} `toml:"project"`
	Tool struct {
		Flwr struct {
			App *app `toml:"app"`
		} `toml:"flwr"`
	} `toml:"tool"`
}

type app struct {
	Publisher  string `toml:"publisher"`
	Components struct {
		ServerApp string `toml:"serverapp"`
		ClientApp string `toml:"clientapp"`
	} `toml:"components"`
	Config map[string]any `toml:"config"`
	// Include and Exclude choose the files of the bundle.
	Include []string `toml:"fab-include"`
	Exclude []string `toml:"fab-exclude"`
}

// Operator is the scientist.
func (Workloads) Operator() kit.Role { return flower.RoleAdmin }

// CheckJob checks that the folder is an app that Flower can bundle.
func (Workloads) CheckJob(_ string, folder fs.FS) error {
	a, err := readApp(folder)
	if err != nil {
		return err
	}
	for _, c := range []struct{ field, value string }{{fieldServerApp, a.Components.ServerApp}, {fieldClientApp, a.Components.ClientApp}} {
		if err := checkComponent(folder, c.field, c.value); err != nil {
			return err
		}
	}
	return checkSize(folder, a)
}

func readApp(folder fs.FS) (*app, error) {
	data, err := readProject(folder)
	if err != nil {
		return nil, err
	}
	var p project
	if err := toml.Unmarshal(data, &p); err != nil {
		if parse, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, fmt.Errorf("%s is not valid TOML: line %d: %s", projectFile, parse.Position.Line, parse.Message)
		}
		return nil, fmt.Errorf("a field of %s has another type than Flower requires", projectFile)
	}
	a := p.Tool.Flwr.App
	if a == nil {
		return nil, fmt.Errorf("it is not an app of Flower: %s has no [tool.flwr.app]", projectFile)
	}
	for _, required := range []struct{ field, value string }{
		{"project.name", p.Project.Name}, {"project.version", p.Project.Version}, {"tool.flwr.app.publisher", a.Publisher},
		{fieldServerApp, a.Components.ServerApp}, {fieldClientApp, a.Components.ClientApp},
	} {
		if required.value == "" {
			return nil, fmt.Errorf("the app cannot be bundled: %s of %s is missing", required.field, projectFile)
		}
	}
	return a, nil
}

func readProject(folder fs.FS) ([]byte, error) {
	info, err := fs.Stat(folder, projectFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("it is not an app of Flower: it has no %s", projectFile)
	case err != nil:
		return nil, err
	case info.Size() > maxProject:
		return nil, fmt.Errorf("%s is larger than %d KiB", projectFile, maxProject>>10)
	}
	return fs.ReadFile(folder, projectFile)
}
