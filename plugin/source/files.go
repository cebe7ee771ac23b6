package source

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/resource"
)

// Files are the flags -f, -R and -k, with the same meaning as in kubectl.
type Files struct{ resource.FilenameOptions }

// AddFlags adds the flags. The usage describes -f.
func (f *Files) AddFlags(fs *pflag.FlagSet, usage string) {
	flags := genericclioptions.FileNameFlags{
		Usage: usage, Filenames: &f.Filenames, Recursive: &f.Recursive, Kustomize: &f.Kustomize,
	}
	flags.AddFlags(fs)
}

// Given says whether there is anything to read.
func (f *Files) Given() bool { return len(f.Filenames) > 0 || f.Kustomize != "" }

// Validate rejects flags that cannot be combined.
func (f *Files) Validate() error {
	stdin := 0
	for _, name := range f.Filenames {
		if name == Stdin {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return resource.StdinMultiUseError
	case f.Kustomize != "" && (len(f.Filenames) > 0 || f.Recursive):
		return fmt.Errorf("-k %s cannot be combined with -f or -R: give one of them", f.Kustomize)
	}
	return nil
}

// input is something that can be opened and read once.
type input struct {
	name string
	open func(context.Context) (io.ReadCloser, error)
}

// inputs are the files that the flags name, in the order in which they are read.
func (f *Files) inputs(stdin io.Reader) ([]input, error) {
	var all []input
	for _, name := range f.Filenames {
		switch {
		case name == Stdin:
			all = append(all, input{name, func(context.Context) (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
		case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
			all = append(all, input{name, func(ctx context.Context) (io.ReadCloser, error) { return download(ctx, name) }})
		default:
			found, err := f.expand(name)
			if err != nil {
				return nil, CannotRead(name, err)
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// expand finds the files of a path, as kubectl does: the file itself, the manifests of a
// folder, or the files that match a pattern.
func (f *Files) expand(name string) ([]input, error) {
	paths := []string{name}
	if _, err := os.Stat(name); err != nil {
		matches, badPattern := filepath.Glob(name)
		if badPattern != nil || len(matches) == 0 {
			return nil, err
		}
		paths = matches
	}
	var found []input
	for _, path := range paths {
		visitors, err := resource.ExpandPathsToFileVisitors(nil, path, f.Recursive, resource.FileExtensions, nil)
		if err != nil {
			return nil, err
		}
		if len(visitors) == 0 {
			return nil, fmt.Errorf("the folder %s has no .yaml, .yml or .json file: give the folder with the manifests, or -R to include subfolders", path)
		}
		for _, v := range visitors {
			if file, ok := v.(*resource.FileVisitor); ok {
				found = append(found, input{file.Path, func(context.Context) (io.ReadCloser, error) { return os.Open(file.Path) }})
			}
		}
	}
	return found, nil
}

func download(ctx context.Context, address string) (io.ReadCloser, error) {
	if _, err := url.Parse(address); err != nil {
		return nil, fmt.Errorf("the URL is not valid: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	return response.Body, nil
}
