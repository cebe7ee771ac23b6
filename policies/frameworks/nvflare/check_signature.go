package nvflare

import (
	"fmt"
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkStartupSignature checks NVFLARE's own signature. It is weaker than it
// looks, since it names no participant and no time: a file of an older kit of
// the same federation passes.
func checkStartupSignature(k *kit.Kit) kit.Findings {
	if k.OnVolume() {
		return kit.Findings{kit.Pass(CheckStartupSignature, kit.StartupDir, "not looked at: most of what it covers lies on the volume, and the seal covers all of it")}
	}
	problems, signed := folderProblems(k, kit.StartupDir, k.Startup)
	file := path.Join(kit.StartupDir, SignatureFile)
	switch {
	case !signed && k.Family == Family27:
		return kit.Findings{kit.Fail(CheckStartupSignature, file, askForKit, "missing: NVFLARE 2.7 signs every kit and does not start without")}
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

// checkLocalSignature only warns: local/ is the site's to edit, and NVFLARE does
// not look at its signature.
func checkLocalSignature(k *kit.Kit) kit.Findings {
	problems, signed := folderProblems(k, kit.LocalDir, k.Local)
	file := path.Join(kit.LocalDir, SignatureFile)
	switch {
	case !signed && k.Family == Family27:
		return kit.Findings{kit.Warn(CheckLocalSignature, file, "compare local/ with what the project lead sent", "missing, though NVFLARE 2.7 signs local/ too")}
	case !signed:
		return kit.Findings{kit.Pass(CheckLocalSignature, kit.LocalDir, "unsigned: normal for NVFLARE 2.8 and later")}
	case len(problems) == 0:
		return kit.Findings{kit.Pass(CheckLocalSignature, file, "the root signed every file of local/")}
	}
	var findings kit.Findings
	for _, p := range problems {
		findings = append(findings, kit.Warn(CheckLocalSignature, p.file, "make sure that the change is the site's own", "%s", p.text))
	}
	return findings
}

// signatureProblem is a file that its folder's signature does not cover.
type signatureProblem struct{ file, text string }

// folderProblems compares a folder with its signature both ways: what is listed
// must be there as it was signed, and what is there must be listed. signed is
// false where there is no signature.
func folderProblems(k *kit.Kit, dir string, files kit.Files) (problems []signatureProblem, signed bool) {
	data, ok := files.Get(SignatureFile)
	if !ok {
		return nil, false
	}
	at := path.Join(dir, SignatureFile)
	signatures, err := parseSignatures(at, data)
	if err != nil {
		return []signatureProblem{{at, fmt.Sprintf("unusable: %v", err)}}, true
	}
	for _, f := range files {
		signature, listed := signatures[f.Name]
		switch {
		case f.Name == SignatureFile:
		case !listed:
			problems = append(problems, signatureProblem{path.Join(dir, f.Name), "not signed"})
		case verifySignature(k.Root, f.Data, signature) != nil:
			problems = append(problems, signatureProblem{path.Join(dir, f.Name), "not as it was signed"})
		}
	}
	for _, name := range missing(signatures, files) {
		problems = append(problems, signatureProblem{path.Join(dir, name), "missing, though it was signed"})
	}
	return problems, true
}
