// Package federation reads files of the kind Federation: who takes part in a federation whose
// kits kubectl-flare makes, and where its server is.
package federation

import (
	"bytes"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Kind is the kind of these files. It is not a kind of a cluster.
const Kind = "Federation"

// Federation is the content of a file.
type Federation struct {
	metav1.TypeMeta `json:",inline"`

	// Metadata has the federation's name.
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec Spec `json:"spec"`
}

// Spec describes a federation.
type Spec struct {
	Framework Framework `json:"framework"`
	Server    Server    `json:"server"`
	// Clients are the participants with data, and Admins those who submit jobs.
	Clients []Member `json:"clients,omitempty"`
	Admins  []Member `json:"admins,omitempty"`
}

// Framework is the framework of all participants, in one version.
type Framework struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Member is a participant.
type Member struct {
	Name string `json:"name"`
	Org  string `json:"org"`
}

// Server is the participant that the others dial.
type Server struct {
	Member `json:",inline"`
	// Address is what clients dial, and AdminAddress what admins dial, both as host:port.
	Address      string `json:"address"`
	AdminAddress string `json:"adminAddress,omitempty"`
	// Names are further host names and addresses that the server's certificate covers.
	Names []string `json:"names,omitempty"`
}

// Decode reads a file. An unknown field is an error.
func Decode(data []byte) (*Federation, error) {
	if bytes.Contains(data, []byte("\n---\n")) {
		return nil, fmt.Errorf("it has several documents: give a file with one %s", Kind)
	}
	content, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, fmt.Errorf("it is not valid YAML: %w", err)
	}
	f := &Federation{}
	strict, err := kjson.UnmarshalStrict(content, f)
	if err = errors.Join(append(strict, err)...); err != nil {
		return nil, err
	}
	if f.APIVersion != names.APIVersion || f.Kind != Kind {
		return nil, fmt.Errorf("it must begin with apiVersion: %s and kind: %s", names.APIVersion, Kind)
	}
	return f, nil
}

// Project is the federation in the words of provisioning.
func (f *Federation) Project() provisioning.Project {
	return provisioning.Project{
		Name: f.Metadata.Name, Version: f.Spec.Framework.Version,
		Server: provisioning.Server{
			Member: provisioning.Member(f.Spec.Server.Member), Address: f.Spec.Server.Address,
			AdminAddress: f.Spec.Server.AdminAddress, Names: f.Spec.Server.Names,
		},
		Clients: members(f.Spec.Clients), Admins: members(f.Spec.Admins),
	}
}

func members(all []Member) []provisioning.Member {
	var out []provisioning.Member
	for _, m := range all {
		out = append(out, provisioning.Member(m))
	}
	return out
}
