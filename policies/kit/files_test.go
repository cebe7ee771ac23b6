package kit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// TestDigest compares with the output of `sha256sum a b | sha256sum` for two files with
// the contents "1" and "2".
func TestDigest(t *testing.T) {
	files := kit.Files{{Name: "a", Data: []byte("1")}, {Name: "b", Data: []byte("2")}}
	assert.Equal(t, "68c2919f4305e50800082ab7f11eb17d96c7832f59154e97b1d373a5179a63ea", files.Digest())
	assert.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", kit.Files{}.Digest())

	renamed := kit.Files{{Name: "a", Data: []byte("1")}, {Name: "c", Data: []byte("2")}}
	assert.NotEqual(t, files.Digest(), renamed.Digest(), "names count")
}

func TestFilesNeverPrintTheirContent(t *testing.T) {
	file := kit.File{Name: "client.key", Data: []byte("secret")}
	for _, text := range []string{
		fmt.Sprint(file), fmt.Sprintf("%v %+v %#v %s", file, file, file, file),
		fmt.Sprintf("%v %+v %#v", kit.Files{file}, kit.Files{file}, kit.Files{file}),
		fmt.Sprintf("%v %+v", &kit.Kit{Content: kit.Content{Startup: kit.Files{file}}}, kit.Kit{Content: kit.Content{Startup: kit.Files{file}}}),
	} {
		assert.NotContains(t, text, "secret")
		assert.NotContains(t, text, "115 101 99", "nor as numbers")
		assert.Contains(t, text, "client.key (6 bytes)")
	}
}

func TestFilesGet(t *testing.T) {
	files := kit.Files{{Name: "a", Data: []byte("1")}}
	data, ok := files.Get("a")
	assert.True(t, ok)
	assert.Equal(t, []byte("1"), data)
	_, ok = files.Get("A")
	assert.False(t, ok)
}
