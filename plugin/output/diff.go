package output

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"
)

// externalDiff is kubectl's variable with the program that compares, and its arguments.
const externalDiff = "KUBECTL_EXTERNAL_DIFF"

// Differ compares objects as `kubectl diff` does: it writes each object, as it is and as it
// would be, into one of two folders, and lets a program compare these. Only one object at a
// time is in memory.
type Differ struct{ live, merged string }

// NewDiffer makes the folders. Close deletes them.
func NewDiffer() (*Differ, error) {
	live, err := os.MkdirTemp("", "LIVE-")
	if err != nil {
		return nil, err
	}
	merged, err := os.MkdirTemp("", "MERGED-")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(live))
	}
	return &Differ{live, merged}, nil
}

// Close deletes the folders.
func (d *Differ) Close() { _ = errors.Join(os.RemoveAll(d.live), os.RemoveAll(d.merged)) }

// Add writes an object of a cluster; live is nil if it does not exist, merged if it would be
// deleted. Nothing of a Secret's content is written. It may be called from several goroutines.
func (d *Differ) Add(cluster string, live, merged *unstructured.Unstructured) error {
	for dir, obj := range map[string]*unstructured.Unstructured{d.live: live, d.merged: merged} {
		if obj == nil {
			continue
		}
		data, err := comparable(obj)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fileOf(cluster, obj)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// comparable is an object without what only the server writes on each request, and without
// secrets.
func comparable(obj *unstructured.Unstructured) ([]byte, error) {
	obj = obj.DeepCopy()
	obj.SetManagedFields(nil)
	shown, err := redacted(obj)
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(shown)
}

// fileOf is the name of an object's file: that of kubectl, after the cluster's.
func fileOf(cluster string, obj *unstructured.Unstructured) string {
	gvk := obj.GroupVersionKind()
	var parts []string
	for _, part := range []string{cluster, gvk.Group, gvk.Version, gvk.Kind, obj.GetNamespace(), obj.GetName()} {
		if part != "" {
			parts = append(parts, url.PathEscape(part))
		}
	}
	return strings.Join(parts, ".")
}

// Run compares, and says whether there is a difference.
func (d *Differ) Run(ctx context.Context, streams genericiooptions.IOStreams) (bool, error) {
	words := strings.Fields(os.Getenv(externalDiff))
	if len(words) == 0 {
		words = []string{"diff", "-u", "-N"}
	}
	program := exec.CommandContext(ctx, words[0], append(words[1:], d.live, d.merged)...) //nolint:gosec // the user chooses the program
	program.Stdout, program.Stderr = streams.Out, streams.ErrOut
	err := program.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s, which compares the objects, failed: %w; %s names another program", words[0], err, externalDiff)
	}
	return false, nil
}
