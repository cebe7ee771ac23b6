package v1alpha1

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

var (
	fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)
	certSerial  = regexp.MustCompile(`^[1-9a-f][0-9a-f]{0,39}$`)
)

const (
	wantFingerprint = "must be 64 lower-case hexadecimal digits, as `kubectl flare kit inspect` prints them"
	wantSerial      = "must be lower-case hexadecimal digits without colons or leading zeros"
)

func validateKits(at *field.Path, k *KitRules, participants []string) field.ErrorList {
	errs := validateRoots(at.Child("trustRoots"), k.TrustRoots)
	if len(k.TrustRoots)+len(k.Sealers) == 0 {
		errs = append(errs, field.Required(at.Child("trustRoots"), "pin the root certificate of every federation whose kits may run here, or list the site's own keys in sealers"))
	}
	errs = append(errs, validateSealers(at.Child("sealers"), k.Sealers)...)
	errs = append(errs, oneOf(at.Child("signature"), k.Signature, SignatureSeal, SignatureSealOrNative)...)
	for _, name := range slices.Sorted(maps.Keys(k.MinimumSerial)) {
		serial := k.MinimumSerial[name]
		if !slices.Contains(participants, name) {
			errs = append(errs, field.Invalid(at.Child("minimumSerial").Key(name), serial, "is for a participant that spec.participants does not list"))
		}
		if serial < 0 {
			errs = append(errs, field.Invalid(at.Child("minimumSerial").Key(name), serial, "must be 0 or more"))
		}
	}
	errs = append(errs, validateLocal(at.Child("local"), k.Local, participants)...)
	revoked := at.Child("revoked")
	errs = append(errs, matching(revoked.Child("certificateSerials"), k.Revoked.CertificateSerials, certSerial, wantSerial)...)
	errs = append(errs, matching(revoked.Child("keys"), k.Revoked.Keys, fingerprint, wantFingerprint)...)
	return append(errs, matching(revoked.Child("kits"), k.Revoked.Kits, fingerprint, wantFingerprint)...)
}

func validateLocal(at *field.Path, all []LocalRule, participants []string) field.ErrorList {
	var errs field.ErrorList
	for i, one := range all {
		if !slices.Contains(participants, one.Participant) {
			errs = append(errs, field.Invalid(at.Index(i).Child("participant"), one.Participant, "is not in spec.participants"))
		}
		if !fingerprint.MatchString(one.Digest) {
			errs = append(errs, field.Invalid(at.Index(i).Child("digest"), one.Digest, wantFingerprint))
		}
		if slices.Contains(all[:i], one) {
			errs = append(errs, field.Duplicate(at.Index(i), one.Participant+" "+one.Digest))
		}
	}
	return errs
}

// validateKitClaims requires that the claims that only flare-kit may mount are not
// given to participants as data or workspace.
func validateKitClaims(at *field.Path, spec *SitePolicySpec) field.ErrorList {
	errs := duplicates(at, spec.Kits.Claims)
	for i, name := range spec.Kits.Claims {
		errs = append(errs, objectName(at.Index(i), name)...)
		if slices.ContainsFunc(spec.Data, func(d DataRule) bool { return d.ClaimName == name }) {
			errs = append(errs, field.Invalid(at.Index(i), name, "must not be a claim of spec.data: only flare-kit may mount it"))
		}
		if before, after, _ := strings.Cut(spec.Workspace.ClaimName, participantMark); name == spec.Workspace.ClaimName ||
			(before != spec.Workspace.ClaimName && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)) {
			errs = append(errs, field.Invalid(at.Index(i), name, "must not be the claim of a participant's workspace, see spec.workspace: only flare-kit may mount it"))
		}
	}
	return errs
}

func validateRoots(at *field.Path, roots []TrustRoot) field.ErrorList {
	var errs field.ErrorList
	var names, sums []string
	for i, r := range roots {
		if r.Name == "" {
			errs = append(errs, field.Required(at.Index(i).Child("name"), "messages contain it"))
		}
		if slices.Contains(names, r.Name) {
			errs = append(errs, field.Duplicate(at.Index(i).Child("name"), r.Name))
		}
		if slices.Contains(sums, r.SHA256) {
			errs = append(errs, field.Duplicate(at.Index(i).Child("sha256"), r.SHA256))
		}
		if !fingerprint.MatchString(r.SHA256) {
			errs = append(errs, field.Invalid(at.Index(i).Child("sha256"), r.SHA256, wantFingerprint))
		}
		names, sums = append(names, r.Name), append(sums, r.SHA256)
	}
	return errs
}

func validateSealers(at *field.Path, sealers []Sealer) field.ErrorList {
	var errs field.ErrorList
	var names []string
	for i, s := range sealers {
		if s.Name == "" {
			errs = append(errs, field.Required(at.Index(i).Child("name"), "messages contain it"))
		}
		if slices.Contains(names, s.Name) {
			errs = append(errs, field.Duplicate(at.Index(i).Child("name"), s.Name))
		}
		if _, err := pki.ParseP256PublicKey([]byte(s.PublicKey)); err != nil {
			errs = append(errs, field.Invalid(at.Index(i).Child("publicKey"), "…", err.Error()))
		}
		names = append(names, s.Name)
	}
	return errs
}

func matching(at *field.Path, values []string, form *regexp.Regexp, want string) field.ErrorList {
	errs := duplicates(at, values)
	for i, value := range values {
		if !form.MatchString(value) {
			errs = append(errs, field.Invalid(at.Index(i), value, want))
		}
	}
	return errs
}
