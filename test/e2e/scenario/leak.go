package scenario

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
)

// Leaks says whether a text holds any line of a PEM private key, or the start of
// the key in another base64 form.
func Leaks(text string, key []byte) bool {
	for line := range strings.Lines(string(key)) {
		line = strings.TrimSpace(line)
		if len(line) > 32 && !strings.HasPrefix(line, "-----") && strings.Contains(text, line) {
			return true
		}
	}
	// As a Secret's data has it: the whole file in base64. Its first 60 bytes are
	// a whole number of base64 groups.
	if len(key) >= 60 && strings.Contains(text, base64.StdEncoding.EncodeToString(key[:60])) {
		return true
	}
	block, _ := pem.Decode(key)
	return block != nil && strings.Contains(text, base64.StdEncoding.EncodeToString(block.Bytes[:48]))
}
