package workloads

import (
	"path"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Settings say what the pods of a participant are made of. The flags of the commands that run
// participants fill them, and files of the kind Federation have them under the same names.
type Settings struct {
	PodSettings `json:",inline"`
	// Image has the framework in it, in the version of the kit.
	Image string `json:"image,omitempty"`
	// Images are those of containers that have another one, by the container's name.
	Images map[string]string `json:"images,omitempty"`
	// ImagePullSecrets are Secrets of the namespace with credentials for the registry.
	ImagePullSecrets []string `json:"imagePullSecrets,omitzero"`
	// Resources are for the container in which jobs run.
	Resources Resources `json:"resources,omitzero"`
	// Data are claims with the site's data.
	Data []Data `json:"data,omitzero"`
	// PodLabels are for what the cluster adds to pods, such as the switch of an injector. They
	// cannot replace those of the participant.
	PodLabels map[string]string `json:"podLabels,omitempty"`
	// PodAnnotations are as PodLabels; in a governed namespace, the SitePolicy says which may
	// be.
	PodAnnotations map[string]string `json:"podAnnotations,omitempty"`
	// ExternalService is for participants outside of the cluster that dial a server.
	ExternalService ExternalService `json:"service,omitzero"`
	// ExistingServices are Services that the participant would have and that the site keeps
	// itself, by their names: they are not written.
	ExistingServices []string `json:"existingServices,omitzero"`
	// ClusterDomain is the domain of the cluster's Services; the default is what the
	// configuration of its DNS says, if the user may read that, or else cluster.local.
	ClusterDomain string `json:"clusterDomain,omitempty"`
	// Storage is the workspace.
	Storage Storage `json:"storage,omitzero"`
}

// Storage is the volume for a participant's workspace, which outlives its pods.
type Storage struct {
	// Size is that of a new volume.
	Size resource.Quantity `json:"size,omitzero"`
	// Class is the StorageClass of a new volume; the default is the cluster's default.
	Class string `json:"class,omitempty"`
	// Claim is a claim that exists, in place of a new one.
	Claim string `json:"claim,omitempty"`
	// SubPath is the folder of the volume that is mounted; the default is all of it.
	SubPath string `json:"subPath,omitempty"`
}

// Validate checks the values. Whether the participant has what they are for is known only
// with its kit: see Set.
func (s *Settings) Validate(at *field.Path) field.ErrorList {
	errs := validateImage(at.Child("image"), s.Image)
	for name, image := range s.Images {
		errs = append(errs, validateImage(at.Child("images").Key(name), image)...)
	}
	resources, storage := at.Child("resources"), at.Child("storage")
	errs = append(errs, positive(resources.Child("cpu"), s.Resources.CPU)...)
	errs = append(errs, positive(resources.Child("memory"), s.Resources.Memory)...)
	for name, count := range s.Resources.Devices {
		errs = append(errs, positive(resources.Child("devices").Key(string(name)), count)...)
	}
	errs = append(errs, s.Storage.validate(storage)...)
	errs = append(errs, s.ExternalService.Validate(at.Child("service"))...)
	if s.ClusterDomain != "" {
		errs = append(errs, invalid(at.Child("clusterDomain"), s.ClusterDomain, validation.IsDNS1123Subdomain(s.ClusterDomain)...)...)
	}
	errs = append(errs, validateData(at.Child("data"), s.Data)...)
	return append(errs, s.PodSettings.Validate(at)...)
}

func validateImage(at *field.Path, image string) field.ErrorList {
	if image == "" {
		return nil
	}
	if _, err := reference.ParseNormalizedNamed(image); err != nil {
		return field.ErrorList{field.Invalid(at, image, "it is not the name of an image, such as registry.example.org/team/name:1.0.0")}
	}
	return nil
}

func positive(at *field.Path, q resource.Quantity) field.ErrorList {
	if q.Sign() < 0 {
		return field.ErrorList{field.Invalid(at, q.String(), "it must be positive")}
	}
	return nil
}

func validateData(at *field.Path, data []Data) field.ErrorList {
	var errs field.ErrorList
	claims, paths := map[string]bool{}, map[string]bool{}
	for i, d := range data {
		claim, mount := at.Index(i).Child("claim"), at.Index(i).Child("mountPath")
		for _, reason := range validation.IsDNS1123Subdomain(d.Claim) {
			errs = append(errs, field.Invalid(claim, d.Claim, reason))
		}
		if d.MountPath != "" && (!path.IsAbs(d.MountPath) || path.Clean(d.MountPath) != d.MountPath || d.MountPath == "/") {
			errs = append(errs, field.Invalid(mount, d.MountPath, "it must be an absolute path below /"))
		}
		if claims[d.Claim] {
			errs = append(errs, field.Duplicate(claim, d.Claim))
		}
		if d.MountPath != "" && paths[d.MountPath] {
			errs = append(errs, field.Duplicate(mount, d.MountPath))
		}
		claims[d.Claim], paths[d.MountPath] = true, true
	}
	return errs
}
