package workloads

import (
	"fmt"
	"path"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// UseExisting replaces what the participant's settings say the site has itself: the claim of
// the workspace, and Services. It is an error if the participant has no such Service.
func (s *Set) UseExisting(p *Participant, participant string) error {
	if p.Storage.Claim != "" || p.Storage.SubPath != "" {
		s.useStorage(p.Storage, ClaimName(participant))
	}
	for _, name := range p.ExistingServices {
		if !s.drop("Service", name) {
			return fmt.Errorf("there is a Service %q of the site's own, but %q needs none of that name: leave it out", name, participant)
		}
	}
	return nil
}

// useStorage mounts the folder of a claim wherever the workspace is mounted. A claim of the
// site's own is not created.
func (s *Set) useStorage(storage Storage, made string) {
	if storage.Claim != "" {
		s.drop(kindClaim, made)
	}
	for _, object := range s.Objects() {
		pod := podSpec(object)
		for i := range pod.Volumes {
			if v := &pod.Volumes[i]; v.Name == VolumeWorkspace && v.PersistentVolumeClaim != nil && storage.Claim != "" {
				v.PersistentVolumeClaim.ClaimName = storage.Claim
			}
		}
		for _, container := range pod.Containers {
			for i := range container.VolumeMounts {
				if m := &container.VolumeMounts[i]; m.Name == VolumeWorkspace {
					m.SubPath = path.Join(storage.SubPath, m.SubPath)
				}
			}
		}
	}
}

const kindClaim = "PersistentVolumeClaim"

// drop leaves an object out, and says whether it was there.
func (s *Set) drop(kind, name string) bool {
	before := len(s.Objects())
	for i := range s.Stages {
		s.Stages[i] = slices.DeleteFunc(s.Stages[i], func(o Object) bool {
			return o.GetObjectKind().GroupVersionKind().Kind == kind && o.GetName() == name
		})
	}
	return len(s.Objects()) < before
}

// validate checks the values.
func (s Storage) validate(at *field.Path) field.ErrorList {
	errs := positive(at.Child("size"), s.Size)
	if s.Claim != "" && s.Class != "" {
		errs = append(errs, field.Forbidden(at.Child("class"), "it is for a new claim, and an existing one is given"))
	}
	if s.SubPath != "" && (path.IsAbs(s.SubPath) || path.Clean(s.SubPath) != s.SubPath || s.SubPath == ".." || len(s.SubPath) > 2 && s.SubPath[:3] == "../") {
		errs = append(errs, field.Invalid(at.Child("subPath"), s.SubPath, "it must be a relative path below the claim's root, such as federations/demo"))
	}
	return errs
}
