// Package offline knows a site by its files instead of a cluster: the objects in
// manifests, the SitePolicy that governs each, and the kits that they refer to.
package offline

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// MaxFile is the most of one file that is read, and MaxObjects the most objects
// of all files together: a site's manifests are far smaller.
const (
	MaxFile    = 16 << 20
	MaxObjects = 10000
)

// Stdin is the name under which standard input is read.
const Stdin = "-"

// ReadAll reads the objects of files and folders; "-" is standard input. Of a
// folder it reads the .yaml, .yml and .json files, not those below it.
func ReadAll(names []string, stdin io.Reader) ([]Object, error) {
	files, err := expand(names)
	if err != nil {
		return nil, err
	}
	var objects []Object
	for _, file := range files {
		more, err := readFile(file, stdin)
		if err != nil {
			return nil, err
		}
		objects = append(objects, more...)
		if len(objects) > MaxObjects {
			return nil, fmt.Errorf("there are more than %d objects in the files: give fewer at a time", MaxObjects)
		}
	}
	return objects, nil
}

func expand(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		if name == Stdin {
			files = append(files, name)
			continue
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("cannot read the manifests: %w", err)
		case !info.IsDir():
			files = append(files, name)
			continue
		}
		found, err := manifestsIn(name)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func manifestsIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the manifests: %w", err)
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(e.Name())) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the folder %s has no .yaml, .yml or .json file: give the folder that holds the manifests", dir)
	}
	return files, nil
}

func readFile(name string, stdin io.Reader) ([]Object, error) {
	in := stdin
	if name != Stdin {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("cannot read the manifests: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	case len(data) > MaxFile:
		return nil, fmt.Errorf("%s is larger than %d MiB: it cannot be a manifest; split it", name, MaxFile>>20)
	}
	return Read(name, data)
}

// Read reads the objects of one file's content; name is for messages.
func Read(name string, data []byte) ([]Object, error) {
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	var objects []Object
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		at := Place{File: name, Document: n}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		more, err := decode(at, document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		objects = append(objects, more...)
	}
}
