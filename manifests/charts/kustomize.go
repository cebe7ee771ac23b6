package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"gomodules.xyz/jsonpatch/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// kustomization is the part of kustomize's file that is needed here.
type kustomization struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Resources  []string `json:"resources"`
	Patches    []patch  `json:"patches,omitempty"`
}

type patch struct {
	Target target `json:"target"`
	Patch  string `json:"patch"`
}

type target struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// kustomizations adds a base with what both sources of certificates have in common, and a folder
// for each with the rest.
func kustomizations(files map[string][]byte, launcherPrefixes []string) error {
	managed, err := all(launcherPrefixes, manifests.Options{Image: manifests.Webhook, Certs: manifests.CertManager})
	if err != nil {
		return err
	}
	signed, err := all(launcherPrefixes, manifests.Options{Image: manifests.Webhook, Certs: manifests.SelfSigned})
	if err != nil {
		return err
	}
	base := slices.DeleteFunc(slices.Clone(signed), func(o *unstructured.Unstructured) bool { return find(managed, o) == nil })
	without := func(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
		return slices.DeleteFunc(slices.Clone(objects), func(o *unstructured.Unstructured) bool { return find(base, o) != nil })
	}
	patches, err := differences(base, managed)
	if err != nil {
		return err
	}
	for folder, part := range map[string]struct {
		objects []*unstructured.Unstructured
		file    kustomization
	}{
		"base":         {base, kustomization{Resources: []string{"objects.yaml"}}},
		"self-signed":  {without(signed), kustomization{Resources: []string{"../base", "objects.yaml"}}},
		"cert-manager": {without(managed), kustomization{Resources: []string{"../base", "objects.yaml"}, Patches: patches}},
	} {
		part.file.APIVersion, part.file.Kind = "kustomize.config.k8s.io/v1beta1", "Kustomization"
		text, err := yaml.Marshal(part.file)
		if err != nil {
			return err
		}
		files["kustomize/"+folder+"/kustomization.yaml"] = append([]byte(generated), text...)
		if files["kustomize/"+folder+"/objects.yaml"], err = documents(part.objects); err != nil {
			return err
		}
	}
	return nil
}

func documents(objects []*unstructured.Unstructured) ([]byte, error) {
	var out strings.Builder
	out.WriteString(generated)
	for _, object := range objects {
		data, err := yaml.Marshal(object.Object)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n" + string(data))
	}
	return []byte(out.String()), nil
}

// differences are patches from the objects of base to those of the same names in changed.
func differences(base, changed []*unstructured.Unstructured) ([]patch, error) {
	var patches []patch
	for _, from := range base {
		to := find(changed, from)
		if reflect.DeepEqual(from.Object, to.Object) {
			continue
		}
		before, err := json.Marshal(from.Object)
		if err != nil {
			return nil, err
		}
		after, err := json.Marshal(to.Object)
		if err != nil {
			return nil, err
		}
		operations, err := jsonpatch.CreatePatch(before, after)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(operations, func(a, b jsonpatch.Operation) int { return strings.Compare(a.Path, b.Path) })
		text, err := yaml.Marshal(operations)
		if err != nil {
			return nil, err
		}
		patches = append(patches, patch{target{from.GetKind(), from.GetName()}, string(text)})
	}
	return patches, nil
}
