package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/cli-runtime/pkg/resource"
)

// Visit calls visit with every object, in order, as it is read. If visit returns an error,
// Visit stops and returns that error.
func (f *Files) Visit(ctx context.Context, stdin io.Reader, visit func(Object) error) error {
	inputs, err := f.inputs(stdin)
	if err != nil {
		return err
	}
	d, err := newDecoder()
	if err != nil {
		return err
	}
	for _, in := range inputs {
		if err := d.file(ctx, in, visit); err != nil {
			return err
		}
	}
	if f.Kustomize != "" {
		return d.kustomization(f.Kustomize, visit)
	}
	return nil
}

// All reads every object.
func (f *Files) All(ctx context.Context, stdin io.Reader) ([]Object, error) {
	var objects []Object
	err := f.Visit(ctx, stdin, func(o Object) error {
		if len(objects) == MaxObjects {
			return fmt.Errorf("the files contain more than %d objects: give fewer files at a time", MaxObjects)
		}
		objects = append(objects, o)
		return nil
	})
	return objects, err
}

func (d *decoder) file(ctx context.Context, in input, visit func(Object) error) error {
	r, err := in.open(ctx)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", in.name, err)
	}
	defer func() { _ = r.Close() }()
	return d.stream(in.name, r, visit)
}

// kustomization reads the objects that kubectl's builder generates from a kustomization.
func (d *decoder) kustomization(dir string, visit func(Object) error) error {
	options := &resource.FilenameOptions{Kustomize: dir}
	infos, err := resource.NewLocalBuilder().Unstructured().FilenameParam(false, options).Do().Infos()
	if err != nil {
		return fmt.Errorf("cannot read the kustomization %s: %w", dir, err)
	}
	for i, info := range infos {
		data, err := json.Marshal(info.Object)
		if err != nil {
			return err
		}
		if err := d.document(Place{File: dir, Document: i + 1}, data, visit); err != nil {
			return err
		}
	}
	return nil
}

// stream reads the documents of one file.
func (d *decoder) stream(name string, r io.Reader, visit func(Object) error) error {
	bounded := &bounded{in: r, left: MaxDocument}
	documents := yaml.NewYAMLReader(bufio.NewReader(bounded))
	for n := 1; ; n++ {
		document, err := documents.Read()
		at := Place{File: name, Document: n}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", at, err)
		}
		if err := d.document(at, document, visit); err != nil {
			return err
		}
		bounded.left = MaxDocument
	}
}

// document visits the objects of one document. A JSON document may contain several objects,
// one after the other, as in kubectl.
func (d *decoder) document(at Place, data []byte, visit func(Object) error) error {
	values := json.NewDecoder(bytes.NewReader(data))
	for n := 0; ; n++ {
		var value json.RawMessage
		err := values.Decode(&value)
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			return nil
		case err != nil && n > 0:
			return fmt.Errorf("%s: it is not valid JSON: %w", at, err)
		case err != nil || value[0] != '{':
			return d.yaml(at, data, visit)
		}
		if err := d.json(at, value, visit); err != nil {
			return err
		}
	}
}

// errTooLarge ends the reading of a document that cannot be a manifest.
var errTooLarge = fmt.Errorf("the document is larger than %d MiB: split it", MaxDocument>>20)

// bounded reads at most left bytes; left is reset for each document.
type bounded struct {
	in   io.Reader
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
