package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
)

// maxFile is how large the file of a PolicyTest may be.
const maxFile = 1 << 20

// Find returns the files with PolicyTests: the given files, and those in the folders and
// their subfolders.
func Find(paths []string) ([]string, error) {
	var found []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, source.CannotRead(path, err)
		}
		if !info.IsDir() {
			found = append(found, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) {
				return err
			}
			is, err := isTest(name)
			if is {
				found = append(found, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no file of %s has a %s", strings.Join(paths, ", "), Kind)
	}
	return found, nil
}

// kindLine is how a PolicyTest begins. A file that only looks like one is an error later.
var kindLine = regexp.MustCompile(`(?m)^kind: *["']?` + Kind + `["']? *(#.*)?$`)

func isTest(name string) (bool, error) {
	data, err := readFile(name)
	return kindLine.Match(data), err
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, source.CannotRead(name, err)
	}
	defer file.Close() //nolint:errcheck // nothing was written through it
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	return data, err
}

// Read reads one PolicyTest. Its errors name the file, the line and the field.
func Read(name string) (*PolicyTest, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, err
	}
	test := &PolicyTest{}
	if err := decode(data, test); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var errs []error
	for _, p := range test.problems() {
		errs = append(errs, fmt.Errorf("%s:%d: %s: %s", name, line(data, p.field), p.field, p.text))
	}
	return test, errors.Join(errs...)
}

// unknown is how sigs.k8s.io/json (v0, as in go.mod) names a field that is unknown or twice.
var unknown = regexp.MustCompile(`^(unknown|duplicate) field "(.*)"$`)

func decode(data []byte, into *PolicyTest) error {
	if bytes.Contains(data, []byte("\n---\n")) {
		return fmt.Errorf("one %s in a file: it has several documents", Kind)
	}
	content, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return err
	}
	strict, err := kjson.UnmarshalStrict(content, into)
	if err != nil {
		return err
	}
	var errs []error
	for _, err := range strict {
		if m := unknown.FindStringSubmatch(err.Error()); m != nil {
			err = fmt.Errorf("line %d: %s: %s field", line(data, m[2]), m[2], m[1])
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// part is a key or an index of a field's path.
var part = regexp.MustCompile(`[^.\[\]]+`)

// line is where a field is, or the last part of its path that exists.
func line(data []byte, field string) int {
	var document yamlv3.Node
	if err := yamlv3.Unmarshal(data, &document); err != nil || len(document.Content) == 0 {
		return 1
	}
	node, at := document.Content[0], 1
	for _, word := range part.FindAllString(field, -1) {
		next, where := child(node, word)
		if next == nil {
			break
		}
		node, at = next, where
	}
	return at
}

func child(node *yamlv3.Node, word string) (*yamlv3.Node, int) {
	for i, n := range node.Content {
		switch {
		case node.Kind == yamlv3.SequenceNode && strconv.Itoa(i) == word:
			return n, n.Line
		case node.Kind == yamlv3.MappingNode && i%2 == 0 && n.Value == word:
			return node.Content[i+1], n.Line
		}
	}
	return nil, 0
}

type problem struct{ field, text string }

// problems are what the types do not say.
func (t *PolicyTest) problems() []problem {
	var all []problem
	bad := func(field, text string) { all = append(all, problem{field, text}) }
	if t.APIVersion != APIVersion || t.Kind != Kind {
		bad("apiVersion", "must be "+APIVersion+", and kind "+Kind)
	}
	if t.Metadata.Name == "" {
		bad("metadata.name", "must be set")
	}
	if t.Policy == "" {
		bad("policy", "must be the file with the SitePolicy")
	}
	if len(t.Cases) == 0 {
		bad("cases", "must have at least one case")
	}
	seen := map[string]bool{}
	for i := range t.Cases {
		c, at := &t.Cases[i], fmt.Sprintf("cases[%d]", i)
		if c.Name == "" || seen[c.Name] {
			bad(at+".name", "must be set, and differ from that of the other cases")
		}
		seen[c.Name] = true
		if (c.Object.File == "") == (c.Object.Is == nil) {
			bad(at+".object", "must have a file, or the object itself in is")
		}
		if !slices.Contains(verdicts(), c.Expect.Verdict) {
			bad(at+".expect.verdict", "must be one of "+strings.Join(verdicts(), ", "))
		}
		for j, pattern := range c.Expect.Messages {
			if _, err := regexp.Compile(pattern); err != nil {
				bad(fmt.Sprintf("%s.expect.messages[%d]", at, j), err.Error())
			}
		}
	}
	return all
}

func verdicts() []string {
	return []string{"allowed", "denied", "warned", "audited"}
}
