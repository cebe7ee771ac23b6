package flower

import (
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxBundle is how large the bundle of an app may be, in bytes. Source: FAB_MAX_SIZE in
// flwr/common/constant.py and build_fab_from_files in flwr/cli/build.py, 1.36.0 and 1.42.0.
const maxBundle = 10 << 20

// slack allows for a compression that is better than Flower's.
const slack = maxBundle / 20

// bundled and excluded are what goes into the bundle of each app, and what does not. Source:
// FAB_INCLUDE_PATTERNS and FAB_EXCLUDE_PATTERNS in flwr/common/constant.py, 1.36.0 and 1.42.0.
func bundled() []string { return []string{".py", ".toml", ".md", ".yaml", ".yml", ".json", ".jsonl"} }

func excluded() []string {
	return []string{".flwr", "build", "eggs", ".eggs", "lib", "lib64", "parts", ".venv", "env", "venv", "ENV", "env.bak", "venv.bak"}
}

// checkSize finds an app that Flower could not bundle since it is too large. An app that chooses its
// files itself is measured when it is bundled.
func checkSize(folder fs.FS, a *app) error {
	if _, err := fs.Stat(folder, ".gitignore"); !errors.Is(err, fs.ErrNotExist) || a.Include != nil || a.Exclude != nil {
		return nil
	}
	var size counter
	compressed, err := flate.NewWriter(&size, flate.DefaultCompression)
	if err != nil {
		return err
	}
	return fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains(excluded(), name) || entry.Name() == "__pycache__"):
			return fs.SkipDir
		case !entry.Type().IsRegular() || !isBundled(entry.Name()):
			return nil
		}
		if err := compress(compressed, folder, name); err != nil {
			return err
		}
		if size > maxBundle+slack {
			return fmt.Errorf("the app cannot be bundled: with %s, its files have more than the %d MiB that Flower allows, compressed; keep data at the sites, or narrow fab-include in [tool.flwr.app]", name, maxBundle>>20)
		}
		return nil
	})
}

func isBundled(name string) bool {
	isTest := strings.HasSuffix(name, "_test.py") || strings.HasPrefix(name, "test_") && strings.HasSuffix(name, ".py")
	return slices.Contains(bundled(), path.Ext(name)) && !isTest
}

// compress adds a file, of which the last block is written at once.
func compress(to *flate.Writer, folder fs.FS, name string) error {
	file, err := folder.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return errors.Join(err, to.Flush(), file.Close())
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(data []byte) (int, error) {
	*c += counter(len(data))
	return len(data), nil
}
