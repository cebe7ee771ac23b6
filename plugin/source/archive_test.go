package source_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func save(t *testing.T, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kit")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file
}

// zipped packs files below a folder, "" for none.
func zipped(t *testing.T, files fs.FS, folder string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	each(t, files, func(name string, info fs.FileInfo, data []byte) {
		header, err := zip.FileInfoHeader(info)
		require.NoError(t, err)
		header.Name, header.Method = folder+name, zip.Deflate
		entry, err := w.CreateHeader(header)
		require.NoError(t, err)
		_, err = entry.Write(data)
		require.NoError(t, err)
	})
	require.NoError(t, w.Close())
	return out.Bytes()
}

func tarred(t *testing.T, files fs.FS, folder string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	each(t, files, func(name string, info fs.FileInfo, data []byte) {
		header, err := tar.FileInfoHeader(info, "")
		require.NoError(t, err)
		header.Name = folder + name
		require.NoError(t, w.WriteHeader(header))
		_, err = w.Write(data)
		require.NoError(t, err)
	})
	require.NoError(t, w.Close())
	return out.Bytes()
}

func each(t *testing.T, files fs.FS, do func(string, fs.FileInfo, []byte)) {
	t.Helper()
	require.NoError(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		do(name, info, data)
		return nil
	}))
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// A kit in an archive is the kit in the folder, to the mode of its key.
func TestKitsInArchives(t *testing.T) {
	made := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	want, err := source.Kit(frameworks.Default(), made.WriteDir(t))
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"zip":               zipped(t, made.FS(), ""),
		"zip with a folder": zipped(t, made.FS(), "site-1/"),
		"tar":               tarred(t, made.FS(), "./"),
		"tgz with a folder": gzipped(t, tarred(t, made.FS(), "site-1/")),
		"tgz at its top":    gzipped(t, tarred(t, made.FS(), "")),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := source.Kit(frameworks.Default(), save(t, data))
			require.NoError(t, err)
			require.Equal(t, want.Digest(), got.Digest())
			require.Equal(t, want.LocalDigest(), got.LocalDigest())
			for i, f := range want.Startup {
				require.Equal(t, f.Mode.Perm(), got.Startup[i].Mode.Perm(), f.Name)
			}
		})
	}
}

// What macOS adds to archives is no part of the kit: neither a second folder at the top, nor
// files beside those of the kit.
func TestArchivesOfMacOS(t *testing.T) {
	made := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	want, err := source.Kit(frameworks.Default(), made.WriteDir(t))
	require.NoError(t, err)
	attributes := &fstest.MapFile{Data: []byte("\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"), Mode: 0o644}
	packed := fstest.MapFS{}
	for name, file := range made.FS() {
		packed["site-1/"+name] = file
	}
	for _, name := range []string{"__MACOSX/._site-1", "__MACOSX/site-1/startup/._client.key", "site-1/.DS_Store", "site-1/local/.DS_Store", "site-1/startup/._client.crt", "._site-1"} {
		packed[name] = attributes
	}
	for name, data := range map[string][]byte{"zip": zipped(t, packed, ""), "tgz": gzipped(t, tarred(t, packed, "./"))} {
		got, err := source.Kit(frameworks.Default(), save(t, data))
		require.NoError(t, err, name)
		require.Equal(t, want.Digest(), got.Digest(), name)
		require.Equal(t, want.LocalDigest(), got.LocalDigest(), name)
	}
}

func TestBadArchives(t *testing.T) {
	made := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a")
	whole := gzipped(t, tarred(t, made.FS(), ""))
	many := made.FS()
	for i := range 300 {
		many["local/"+string(rune('a'+i%26))+string(rune('a'+i/26))] = many["startup/rootCA.pem"]
	}
	bomb := made.FS()
	bomb["startup/big"] = &fstest.MapFile{Data: make([]byte, 129<<20), Mode: 0o600}
	// A file with a hole of 1 TiB, from GNU tar's --sparse.
	sparse, err := os.ReadFile("testdata/sparse.tgz")
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"text":        {[]byte("startup"), "it is neither a folder nor a zip, tar or tgz archive"},
		"empty":       {nil, "it is neither a folder nor a zip, tar or tgz archive"},
		"cut zip":     {zipped(t, made.FS(), "")[:400], "it is not a valid archive"},
		"cut tgz":     {whole[:len(whole)-100], "it is not a valid tar archive"},
		"many in zip": {zipped(t, many, ""), "it has more than 272 entries"},
		"many in tar": {tarred(t, many, ""), "it has more than 272 entries"},
		"large tar":   {gzipped(t, tarred(t, bomb, "")), "it is too large for a kit"},
		"sparse tar":  {sparse, "it is too large for a kit"},
		"a hard link": {linked(t), "it is neither a file nor a folder"},
		"large zip":   {zipped(t, bomb, ""), "is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := source.Kit(frameworks.Default(), save(t, tc.data))
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// linked is a tar archive with a second name of a file, whose content the archive has once.
func linked(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "startup/a", Linkname: "startup/b"}))
	require.NoError(t, w.Close())
	return out.Bytes()
}

// testdata/pin.zip is from Info-ZIP's `zip -r -P 7Kd2m`, as NVFLARE's Dashboard calls it. It
// holds no kit, so that no key is in the repository: reading ends at what a kit must have.
func TestEncryptedArchives(t *testing.T) {
	const file = "testdata/pin.zip"
	_, err := source.Kit(frameworks.Default(), file)
	require.ErrorContains(t, err, "it is encrypted: give a file with its PIN with --pin-file")
	_, err = source.Kit(frameworks.Default(), file, source.WithPIN(save(t, []byte("1234"))))
	require.ErrorContains(t, err, "the PIN is wrong")
	_, err = source.Kit(frameworks.Default(), file, source.WithPIN(save(t, nil)))
	require.ErrorContains(t, err, "does not contain a PIN")
	_, err = source.Kit(frameworks.Default(), file, source.WithPIN("missing"))
	require.ErrorContains(t, err, "--pin-file: cannot read missing")
	_, err = source.Kit(frameworks.Default(), file, source.WithPIN(save(t, []byte("7Kd2m\n"))))
	require.ErrorContains(t, err, "cannot use the kit testdata/pin.zip: startup", "the content was decrypted")
}
