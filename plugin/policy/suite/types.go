// Package suite reads and runs PolicyTests: files that say what a SitePolicy must allow and
// deny. A PolicyTest is no object of a cluster, and needs none.
package suite

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// APIVersion and Kind are those of the files.
const (
	APIVersion = names.APIVersion
	Kind       = "PolicyTest"
)

// PolicyTest is one file.
type PolicyTest struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        Metadata `json:"metadata"`
	// Policy is the file with the SitePolicy. Files are relative to this one.
	Policy string `json:"policy"`
	// Namespace is where all objects are.
	Namespace string `json:"namespace"`
	// Kits are the kits of the namespace.
	Kits []Kit `json:"kits,omitempty"`
	// Cases are the tests.
	Cases []Case `json:"cases"`
}

// Metadata has the name of a PolicyTest.
type Metadata struct {
	Name string `json:"name"`
}

// Kit says what was verified about a kit. A PolicyTest tests a policy, not kits, so it has
// no keys; `kubectl flare kit verify --policy` tests kits.
type Kit struct {
	// SecretName is the name of its Secret: flare-kit-<participant>-<32 digits>.
	SecretName  string `json:"secretName"`
	Framework   string `json:"framework"`
	Version     string `json:"version,omitempty"`
	Federation  string `json:"federation,omitempty"`
	Participant string `json:"participant"`
	Org         string `json:"org,omitempty"`
	Role        string `json:"role"`
	// Server is HOST:PORT, where the participant dials.
	Server string `json:"server,omitempty"`
	Serial int64  `json:"serial,omitempty"`
	// SealedBy is project, which is the default, site or native.
	SealedBy string `json:"sealedBy,omitempty"`
	// LocalName is the name of the ConfigMap with local/, and Local are its files.
	LocalName string            `json:"localName,omitempty"`
	Local     map[string]string `json:"local,omitempty"`
}

// Case is the creation of one object, and what must come of it.
type Case struct {
	Name string `json:"name"`
	// Object is the object that is created.
	Object Object `json:"object"`
	// User creates it. The default is a controller.
	User   string `json:"user,omitempty"`
	Expect Expect `json:"expect"`
}

// Object is the object of a file, or the object itself, changed by a patch.
type Object struct {
	File string          `json:"file,omitempty"`
	Is   json.RawMessage `json:"is,omitempty"`
	// Patch is a JSON patch (RFC 6902).
	Patch json.RawMessage `json:"patch,omitempty"`
}

// Expect is what must come of a request.
type Expect struct {
	// Verdict is allowed, denied, warned or audited.
	Verdict string `json:"verdict"`
	// Messages are regular expressions: each must match a message.
	Messages []string `json:"messages,omitempty"`
}
