package nvflare

import (
	"fmt"
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkStartupSignature verifies NVFLARE's own signature. The signature covers neither a
// participant nor a time: a file of an older kit of the same federation is accepted.
func checkStartupSignature(k *kit.Kit) kit.Findings {
	if k.OnVolume() {
		return kit.Findings{kit.Pass(CheckStartupSignature, kit.StartupDir, "not verified: most files are on the volume, and the seal covers all of them")}
	}
	problems, signed := folderProblems(k, kit.StartupDir, k.Startup)
	file := path.Join(kit.StartupDir, SignatureFile)
	switch {
	case !signed && k.Family == Family27:
		return kit.Findings{kit.Fail(CheckStartupSignature, file, askForKit, "missing: NVFLARE 2.7 signs every kit and does not start without it")}
	case !signed:
		return kit.Findings{kit.Pass(CheckStartupSignature, kit.StartupDir, "unsigned: normal for NVFLARE 2.8 and later")}
	case len(problems) == 0:
		return kit.Findings{kit.Pass(CheckStartupSignature, file, "the root signed every file of startup/")}
	}
	var findings kit.Findings
	for _, p := range problems {
		findings = append(findings, kit.Fail(CheckStartupSignature, p.file, askForKit, "%s", p.text))
	}
	return findings
}

// checkLocalSignature only warns: the site may edit local/, and NVFLARE does not verify its
// signature.
func checkLocalSignature(k *kit.Kit) kit.Findings {
	problems, signed := folderProblems(k, kit.LocalDir, k.Local)
	file := path.Join(kit.LocalDir, SignatureFile)
	switch {
	case !signed && k.Family == Family27:
		return kit.Findings{kit.Warn(CheckLocalSignature, file, "compare local/ with the kit that the project lead sent", "missing, although NVFLARE 2.7 signs local/ too")}
	case !signed:
		return kit.Findings{kit.Pass(CheckLocalSignature, kit.LocalDir, "unsigned: normal for NVFLARE 2.8 and later")}
	case len(problems) == 0:
		return kit.Findings{kit.Pass(CheckLocalSignature, file, "the root signed every file of local/")}
	}
	var findings kit.Findings
	for _, p := range problems {
		findings = append(findings, kit.Warn(CheckLocalSignature, p.file, "make sure that the site itself made the change", "%s", p.text))
	}
	return findings
}

// signatureProblem is a file that its folder's signature does not cover.
type signatureProblem struct{ file, text string }

// folderProblems compares a folder with its signature in both directions: listed files must
// exist unchanged, and existing files must be listed. signed is false if there is no
// signature.
func folderProblems(k *kit.Kit, dir string, files kit.Files) (problems []signatureProblem, signed bool) {
	data, ok := files.Get(SignatureFile)
	if !ok {
		return nil, false
	}
	at := path.Join(dir, SignatureFile)
	signatures, err := parseSignatures(at, data)
	if err != nil {
		return []signatureProblem{{at, fmt.Sprintf("invalid: %v", err)}}, true
	}
	for _, f := range files {
		signature, listed := signatures[f.Name]
		switch {
		case f.Name == SignatureFile:
		case !listed:
			problems = append(problems, signatureProblem{path.Join(dir, f.Name), "not signed"})
		case verifySignature(k.Root, f.Data, signature) != nil:
			problems = append(problems, signatureProblem{path.Join(dir, f.Name), "changed since it was signed"})
		}
	}
	for _, name := range missing(signatures, files) {
		problems = append(problems, signatureProblem{path.Join(dir, name), "missing, although it was signed"})
	}
	return problems, true
}
