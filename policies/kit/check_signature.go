package kit

import (
	"fmt"
	"path"
)

// checkStartupSignature checks NVFLARE's own signature. It is weaker than it
// looks, since it names no participant and no time: a file of an older kit of
// the same federation passes.
func checkStartupSignature(k *Kit, _ VerifyOptions) []Finding {
	if k.sealed != nil {
		return []Finding{pass(CheckStartupSignature, startupDir, "not looked at: most of what it covers lies on the volume, and the seal covers all of it")}
	}
	problems, signed := folderProblems(k, startupDir, k.Startup)
	file := path.Join(startupDir, signatureFile)
	switch {
	case !signed && k.Family == Family27:
		return []Finding{fail(CheckStartupSignature, file, askForKit, "missing: NVFLARE 2.7 signs every kit and does not start without")}
	case !signed:
		return []Finding{pass(CheckStartupSignature, startupDir, "unsigned: normal for NVFLARE 2.8 and later")}
	case len(problems) == 0:
		return []Finding{pass(CheckStartupSignature, file, "the root signed every file of startup/")}
	}
	var findings []Finding
	for _, p := range problems {
		findings = append(findings, fail(CheckStartupSignature, p.file, askForKit, "%s", p.text))
	}
	return findings
}

// checkLocalSignature only warns: local/ is the site's to edit, and NVFLARE does
// not look at its signature.
func checkLocalSignature(k *Kit, _ VerifyOptions) []Finding {
	problems, signed := folderProblems(k, localDir, k.Local)
	file := path.Join(localDir, signatureFile)
	switch {
	case !signed && k.Family == Family27:
		return []Finding{warn(CheckLocalSignature, file, "compare local/ with what the project lead sent", "missing, though NVFLARE 2.7 signs local/ too")}
	case !signed:
		return []Finding{pass(CheckLocalSignature, localDir, "unsigned: normal for NVFLARE 2.8 and later")}
	case len(problems) == 0:
		return []Finding{pass(CheckLocalSignature, file, "the root signed every file of local/")}
	}
	var findings []Finding
	for _, p := range problems {
		findings = append(findings, warn(CheckLocalSignature, p.file, "make sure that the change is the site's own", "%s", p.text))
	}
	return findings
}

// signatureProblem is a file that its folder's signature does not cover.
type signatureProblem struct{ file, text string }

// folderProblems compares a folder with its signature both ways: what is listed
// must be there as it was signed, and what is there must be listed. signed is
// false where there is no signature.
func folderProblems(k *Kit, dir string, files Files) (problems []signatureProblem, signed bool) {
	data, ok := files.Get(signatureFile)
	if !ok {
		return nil, false
	}
	at := path.Join(dir, signatureFile)
	signatures, err := parseSignatures(at, data)
	if err != nil {
		return []signatureProblem{{at, fmt.Sprintf("unusable: %v", err)}}, true
	}
	for _, f := range files {
		signature, listed := signatures[f.Name]
		switch {
		case f.Name == signatureFile:
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
