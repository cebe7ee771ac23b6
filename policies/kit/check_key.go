package kit

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// checkKey looks whether the private key belongs to the certificate.
func checkKey(k *Kit, _ VerifyOptions) []Finding {
	if k.sealed != nil {
		return []Finding{pass(CheckKey, k.paths.key, "the private key lies on the volume; its digest is sealed")}
	}
	data, _ := k.Startup.Get(path.Base(k.paths.key))
	key, err := pki.ParseKey(data)
	if err != nil {
		return []Finding{fail(CheckKey, k.paths.key, askForKit, "the private key cannot be read")}
	}
	if !pki.Belongs(key, k.Certificate.PublicKey) {
		return []Finding{fail(CheckKey, k.paths.key, askForKit, "the private key does not belong to %s", k.paths.certificate)}
	}
	return []Finding{pass(CheckKey, k.paths.key, "the private key belongs to %s", k.paths.certificate)}
}

// checkKeyMode looks who else on the machine can read a private key; a client
// that listens has a second one. A Secret has no file modes, and Windows reports
// the same mode for every file.
func checkKeyMode(k *Kit, _ VerifyOptions) []Finding {
	const othersMayRead = 0o044
	var findings []Finding
	for _, f := range k.Startup {
		file, mode := path.Join(startupDir, f.Name), f.Mode.Perm()
		if path.Ext(f.Name) == ".key" && mode&othersMayRead != 0 {
			findings = append(findings, warn(CheckKeyMode, file, "chmod 600 "+file,
				"others on this machine can read the private key: its mode is %#o", mode))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, pass(CheckKeyMode, k.paths.key, "no file mode lets others read the private key"))
	}
	return findings
}
