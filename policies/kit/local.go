package kit

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

// CheckLocalContent is the ID of findings about settings that can be used, but may run code
// that the framework does not ship. A SitePolicy can allow them: it lists the digest of
// local/. Other findings about the content mean that the framework cannot use it.
const CheckLocalContent = "local-content"

// CheckPrivacy is the ID of findings about settings that the privacy rules of a policy
// require, in local/ or in startup/.
const CheckPrivacy = "privacy"

// localPrefix begins the names of the files in a seal of local/.
const localPrefix = LocalDir + "/"

// ConfigMapData is the data and the binaryData of the ConfigMap with local/: its files and
// those of its seal, one key each. The seal is not part of the digest. Like the files,
// it appears in the pod's local/; it contains no secrets.
func (c *Content) ConfigMapData() (data map[string]string, binary map[string][]byte) {
	data, binary = map[string]string{}, map[string][]byte{}
	for _, f := range c.Local {
		if utf8.Valid(f.Data) {
			data[f.Name] = string(f.Data)
		} else {
			binary[f.Name] = f.Data
		}
	}
	if c.LocalSeal != nil {
		data[LocalSealFile] = string(c.LocalSeal.Envelope)
		if c.LocalSeal.Certificate != nil {
			data[LocalSealCertificateFile] = string(c.LocalSeal.Certificate)
		}
	}
	return data, binary
}

// FromConfigMapData reads local/ and its seal, nil if it has none, from the data and the
// binaryData of a ConfigMap.
func FromConfigMapData(data map[string]string, binary map[string][]byte) (Files, *Seal, error) {
	files := make(Files, 0, len(data)+len(binary))
	beside := map[string][]byte{}
	take := func(name string, content []byte) {
		if besideLocal(name) {
			beside[name] = content
		} else {
			files = append(files, File{Name: name, Data: content})
		}
	}
	for name, text := range data {
		take(name, []byte(text))
	}
	for name, content := range binary {
		take(name, content)
	}
	files, err := sorted(LocalDir, files)
	if err != nil {
		return nil, nil, err
	}
	for name, most := range map[string]int64{LocalSealFile: seal.MaxEnvelope, LocalSealCertificateFile: maxSealCertificate} {
		if int64(len(beside[name])) > most {
			return files, nil, sealTooLarge(name, most)
		}
	}
	return files, newSeal(beside[LocalSealFile], beside[LocalSealCertificateFile]), nil
}

// besideLocal says whether a key of a ConfigMap is not a file of local/.
func besideLocal(name string) bool {
	return name == LocalSealFile || name == LocalSealCertificateFile
}

// LocalSums are the digests in the statement of a seal of local/: SHA-256 in hexadecimal
// digits, by the name of the file. A seal of startup/ is an error.
func LocalSums(s *seal.Statement) (map[string]string, error) {
	if s == nil {
		return nil, errors.New("there is no seal")
	}
	sums := make(map[string]string, len(s.Files))
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		file, ok := strings.CutPrefix(name, localPrefix)
		if !ok {
			return nil, fmt.Errorf("it is not a seal of %s/: it lists %s", LocalDir, Quote(name))
		}
		sums[file] = s.Files[name]
	}
	return sums, nil
}
