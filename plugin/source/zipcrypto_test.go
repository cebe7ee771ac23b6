package source

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Both entries are as Info-ZIP encrypted them: one stored, one deflated.
func TestDecrypt(t *testing.T) {
	contents, err := zip.OpenReader("testdata/pin.zip")
	require.NoError(t, err)
	defer contents.Close()
	want := map[string]string{"startup/a.txt": "short", "startup/long.txt": strings.Repeat("x", 20000), "startup/": ""}
	require.Len(t, contents.File, len(want))
	for _, f := range contents.File {
		data, err := decrypt(f, []byte("7Kd2m"), 20000)
		require.NoError(t, err, f.Name)
		require.Equal(t, want[f.Name], string(data))
		if f.UncompressedSize64 > 0 {
			_, err = decrypt(f, []byte("7Kd2m"), 4)
			require.ErrorContains(t, err, "it is too large for a kit")
		}
	}
}

// An archive comes from outside: reading it must end, whatever is in it.
func FuzzArchive(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add(bytes.Repeat([]byte{0}, 1024))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if !isZip(data) {
			made, err := zipOfTar(data)
			if err != nil {
				return
			}
			data = made
		}
		contents, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, file := range contents.File {
			if _, err := decrypt(file, []byte("pin"), 1<<20); err != nil {
				continue
			}
		}
		_, _ = inside(contents)
	})
}
