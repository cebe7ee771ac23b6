package nvflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The files of local/ that make a launcher. Without fileResources, NVFLARE reads the one
// that it ships.
const (
	fileResources = "resources.json"
	fileShipped   = fileResources + ".default"
	fileConnect   = "comm_config.json"
	fileStudies   = "study_runtime.yaml"
	fileStudyData = "study_data.yaml"
)

// Launches says whether resources.json has a component that makes job pods.
func (Workloads) Launches(k *kit.Kit) bool {
	_, resources, err := resourcesOf(k.Local)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(componentsOf(resources), func(c any) bool { return idOf(c) == idLauncher })
}

// LauncherSettings does to local/ what `nvflare deploy prepare` of 2.9.0 does for its runtime
// k8s, and besides gives jobs without a study of their own an image and hardened pods. The
// server's store stays where it is: launch mounts the workspace there.
func (Workloads) LauncherSettings(k *kit.Kit, o workloads.LauncherOptions) (kit.Files, error) {
	if k.Role != nvflare.RoleServer && k.Role != nvflare.RoleClient {
		return nil, errNoJobs(k)
	}
	local := slices.Clone(k.Local)
	for _, change := range []func(kit.Files) (kit.File, error){
		func(local kit.Files) (kit.File, error) { return launcherResources(local, k, o) },
		func(local kit.Files) (kit.File, error) { return parentAddress(local, k) },
		func(local kit.Files) (kit.File, error) { return defaultStudy(local, k, o) },
	} {
		file, err := change(k.Local)
		if err != nil {
			return nil, err
		}
		local = with(local, file)
	}
	return local, nil
}

// JobSecrets are none: NVFLARE makes the pod the owner of the Secret with its tokens. Source:
// k8s_launcher.py, 2.9.0.
func (Workloads) JobSecrets(string) []string { return nil }

// LauncherSecrets is the copy of startup/.
func (Workloads) LauncherSecrets(participant string, role kit.Role) []string {
	return []string{nvflare.DerivedName(participant, role)}
}

func errNoJobs(k *kit.Kit) error {
	return fmt.Errorf("participant %q has role %q, which runs no jobs", k.Participant, k.Role)
}

// with replaces or adds a file. One without a name changes nothing.
func with(files kit.Files, file kit.File) kit.Files {
	if file.Name == "" {
		return files
	}
	at, found := slices.BinarySearchFunc(files, file.Name, func(f kit.File, name string) int { return bytes.Compare([]byte(f.Name), []byte(name)) })
	if found {
		files[at] = file
		return files
	}
	return slices.Insert(files, at, file)
}

// resourcesOf is what NVFLARE reads as resources.json, and the name of the file.
func resourcesOf(local kit.Files) (string, map[string]any, error) {
	for _, name := range []string{fileResources, fileShipped} {
		if data, ok := local.Get(name); ok {
			object, err := objectOf(name, data)
			return name, object, err
		}
	}
	return "", nil, errors.New("local/ has neither resources.json nor resources.json.default: copy it from the kit as it was provisioned")
}

// objectOf decodes a file of an accepted kit, which is valid JSON.
func objectOf(name string, data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	object := map[string]any{}
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("local/%s: %w", name, err)
	}
	return object, nil
}

// jsonFile is a file with an object, or none if the file of this name has the object
// already.
func jsonFile(local kit.Files, name string, object map[string]any) (kit.File, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(object); err != nil {
		return kit.File{}, err
	}
	if old, ok := local.Get(name); ok {
		before, err := objectOf(name, old)
		if err != nil {
			return kit.File{}, err
		}
		after, err := objectOf(name, out.Bytes())
		if err != nil || reflect.DeepEqual(before, after) {
			return kit.File{}, err
		}
	}
	return kit.File{Name: name, Data: out.Bytes()}, nil
}
