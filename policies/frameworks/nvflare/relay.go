package nvflare

import (
	"path"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// relay is what a client dials in place of the server: the relay_config of its settings. It
// is nil if the client dials the server. Files that are not valid are the findings of other
// checks. Source: nvflare/lighter/impl/static_file.py and
// private/fed/client/fed_client_base.py, 2.9.0.
func relay(content *kit.Content) (*kit.Endpoint, error) {
	for _, folder := range []struct {
		name  string
		files kit.Files
	}{{kit.StartupDir, content.Startup}, {kit.LocalDir, content.Local}} {
		for _, f := range folder.files {
			if !ofParent(f.Name, folder.files) {
				continue
			}
			doc, err := parseDocument(path.Join(folder.name, f.Name), f.Data)
			if err == nil && doc.has("relay_config") {
				return relayAt(doc)
			}
		}
	}
	return nil, nil
}

func relayAt(doc *document) (*kit.Endpoint, error) {
	scheme, err := schemeAt(doc, "relay_config", "scheme")
	if err != nil {
		return nil, err
	}
	host, port, err := addressAt(doc, kit.SplitAddress, "relay_config", "address")
	if err != nil {
		return nil, err
	}
	identity, err := doc.text("relay_config", "identity")
	if err != nil {
		return nil, err
	}
	return &kit.Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: identity}, nil
}

// ofParent says whether a client reads a file as resources: resources.json comes before its
// default, and fragments for jobs are not the parent's. Source: nvflare/apis/workspace.py, 2.9.0.
func ofParent(name string, files kit.Files) bool {
	switch name {
	case "resources.json":
		return true
	case "resources.json.default":
		_, own := files.Get("resources.json")
		return !own
	}
	return isFragment(name) && !strings.HasSuffix(name, "__j_resources.json")
}
