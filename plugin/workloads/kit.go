package workloads

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// KitSecretType is the type of the Secret that holds startup/.
const KitSecretType corev1.SecretType = names.KitSecretType

// maxPayload is the maximum size of a Secret or ConfigMap.
const maxPayload = corev1.MaxSecretSize

// KitObjects are the Secret with startup/ and its seal, and the ConfigMap with local/ and
// its seal. Keys are only in the Secret's data.
//
// For a kit on a volume, a claim comes first, and the Secret has only the seal and the public
// files.
func KitObjects(namespace string, verified acceptance.Verified) ([]Object, error) {
	k, err := verified.Kit()
	if err != nil {
		return nil, err
	}
	return KitForm(namespace, k)
}

// KitForm is what KitObjects would make of a kit that was not accepted. Its objects are for
// inspection only.
func KitForm(namespace string, k *kit.Kit) ([]Object, error) {
	if err := fits("startup/", "Secret", inSecret(k)); err != nil {
		return nil, err
	}
	if err := fits("local/", "ConfigMap", inConfigMap(k)); err != nil {
		return nil, err
	}
	objects := []Object{kitSecret(namespace, k), localConfigMap(namespace, k)}
	if k.Volume != nil {
		objects = append([]Object{kitClaim(namespace, k.Volume.ClaimName)}, objects...)
	}
	return objects, nil
}

// kitClaim is for the kits of any number of participants, so it has no participant's labels.
func kitClaim(namespace, name string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{names.LabelManagedBy: names.ManagedBy}},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
}

// Both objects are immutable and have their digest in their name: a changed kit is a new
// object, and the kit of a running pod never changes.
func kitSecret(namespace string, k *kit.Kit) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: Meta(namespace, kit.SecretName(k), k),
		Type:       KitSecretType,
		Immutable:  new(true),
		Data:       k.SecretData(),
	}
}

// inSecret are the files that go into the Secret. The seal counts towards the limit: a kit
// without room for it would have no room for the next seal either.
func inSecret(k *kit.Kit) kit.Files {
	var files kit.Files
	for name, data := range k.SecretData() {
		files = append(files, kit.File{Name: name, Data: data})
	}
	return files
}

func localConfigMap(namespace string, k *kit.Kit) *corev1.ConfigMap {
	data, binary := k.ConfigMapData()
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: Meta(namespace, kit.ConfigMapName(k), k),
		Immutable:  new(true),
		Data:       data,
		BinaryData: binary,
	}
}

// inConfigMap are the files that go into the ConfigMap, with those of the seal.
func inConfigMap(k *kit.Kit) kit.Files {
	files := slices.Clone(k.Local)
	if s := k.LocalSeal; s != nil {
		files = append(files, kit.File{Name: kit.LocalSealFile, Data: s.Envelope}, kit.File{Name: kit.LocalSealCertificateFile, Data: s.Certificate})
	}
	return files
}

// orClaim is the alternative for a kit that has to be large.
func orClaim(kind string) string {
	if kind == "Secret" {
		return ", or put the kit on a volume with --kit-claim"
	}
	return ""
}

func fits(dir, kind string, files kit.Files) error {
	total := 0
	for _, f := range files {
		total += len(f.Data) + len(f.Name)
		if reasons := validation.IsConfigMapKey(f.Name); len(reasons) > 0 {
			return fmt.Errorf("%s%s: the file name is not a valid key of a %s: %s; rename or remove the file", dir, f.Name, kind, reasons[0])
		}
	}
	if total <= maxPayload {
		return nil
	}
	largest := slices.MaxFunc(files, func(a, b kit.File) int { return cmp.Compare(len(a.Data), len(b.Data)) })
	return fmt.Errorf("%s has %d bytes and a %s can hold %d (1 MiB); the largest file is %s%s with %d bytes: remove files from %s that the participant does not need%s",
		dir, total, kind, maxPayload, dir, largest.Name, len(largest.Data), dir, orClaim(kind))
}
