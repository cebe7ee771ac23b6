package flower

import (
	"fmt"
	"math/rand"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const smallApp = `[project]
name = "a"
version = "1"
[tool.flwr.app]
publisher = "lab"
%s[tool.flwr.app.components]
serverapp = "a:app"
clientapp = "a:app"
`

// noise cannot be compressed.
func noise(size int) *fstest.MapFile {
	data := make([]byte, size)
	_, _ = rand.New(rand.NewSource(1)).Read(data)
	return &fstest.MapFile{Data: data}
}

func TestSizeOfApp(t *testing.T) {
	for name, tc := range map[string]struct {
		file    string
		content *fstest.MapFile
		more    string
		want    string
	}{
		"too large":               {"data.json", noise(11 << 20), "", "with data.json, its files have more than the 10 MiB"},
		"large":                   {"data.json", noise(9 << 20), "", ""},
		"large but compressed":    {"a/data.json", &fstest.MapFile{Data: make([]byte, 64<<20)}, "", ""},
		"not bundled":             {"data.npy", noise(11 << 20), "", ""},
		"an environment":          {"venv/a.py", noise(11 << 20), "", ""},
		"a test":                  {"a/test_a.py", noise(11 << 20), "", ""},
		"not the environment":     {"a/venv/a.py", noise(11 << 20), "", "with a/venv/a.py"},
		"files of the app's own":  {"data.json", noise(11 << 20), `fab-exclude = ["data.json"]` + "\n", ""},
		"an empty list is chosen": {"data.json", noise(11 << 20), "fab-include = []\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := fstest.MapFS{"pyproject.toml": {Data: fmt.Appendf(nil, smallApp, tc.more)}, tc.file: tc.content}
			err := Workloads{}.CheckJob("a", folder)
			if tc.want == "" {
				require.NoError(t, err)
				folder[".gitignore"] = &fstest.MapFile{}
				require.NoError(t, Workloads{}.CheckJob("a", folder))
				return
			}
			require.ErrorContains(t, err, tc.want)
			folder[".gitignore"] = &fstest.MapFile{}
			require.NoError(t, Workloads{}.CheckJob("a", folder), "Flower measures it")
		})
	}
}
