package checks

// keyMaterial denies key material of the site's federations in pods that are no
// participants: with it, a pod is a participant whatever it runs, and no kit of it was
// verified. It decides on signatures of certificates. A certificate and a private key may be
// in different Secrets of the pod.
//
// Fields: volumes[*].secret, volumes[*].projected, env, envFrom.
func keyMaterial(p *Pod) []Result {
	if !p.Site.LooksForKeys() {
		return nil
	}
	var results []Result
	var certificate Reference
	issued, key := "", false
	for ref := range References(p.Spec) {
		if ref.Kind != SecretRef || ref.Way == WayPull {
			continue
		}
		known, ok := p.Facts.Secrets[ref.Name]
		switch {
		case !ok:
			results = append(results, p.fail(IDKeyMaterial, ref.Field(), "the Secret cannot be looked up", "use fewer Secrets, or try again", "%s", quote(ref.Name)))
		case known.Error != "" && !known.Absent:
			results = append(results, p.fail(IDKeyMaterial, ref.Field(), "the Secret cannot be looked up", "try again", "%s: %s", quote(ref.Name), oneLine(known.Error)))
		case known.TooMany:
			results = append(results, p.fail(IDKeyMaterial, ref.Field(), "the Secret has too many certificates or keys", "split it, or put certificates into a ConfigMap", "%s", quote(ref.Name)))
		case known.RootKey != "":
			results = append(results, p.fail(IDKeyMaterial, ref.Field(), "the private key of a root certificate", fixKeyMaterial, "Secret %s has the key of root %s", quote(ref.Name), quote(known.RootKey)))
		case known.Issued != "" && issued == "":
			certificate, issued = ref, known.Issued
		}
		key = key || known.Key
	}
	if issued != "" && key {
		results = append(results, p.fail(IDKeyMaterial, certificate.Field(), "key material of a federation in another pod", fixKeyMaterial,
			"Secret %s has a certificate (%s), and the pod has a private key", quote(certificate.Name), issued))
	}
	return results
}

const fixKeyMaterial = "run participants with their sealed kits (`kubectl flare launch`), and leave the Secret out of other pods"
