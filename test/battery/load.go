package battery

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Cases reads testdata. Kits are made again for every test, so a case's names
// differ from run to run.
func Cases(t testing.TB) []*Case {
	t.Helper()
	l := newLoader(t)
	files, err := filepath.Glob(filepath.Join(l.dir, "cases", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", l.dir, err)
	}
	var cases []*Case
	namespaces := map[string]bool{}
	for _, file := range files {
		for _, d := range l.documents(file) {
			c := l.build(file, d)
			if namespaces[c.Snapshot.Namespace] {
				t.Fatalf("%s: a second case like %q", file, c.Name)
			}
			namespaces[c.Snapshot.Namespace] = true
			cases = append(cases, c)
		}
	}
	return cases
}

// loader makes cases of files.
type loader struct {
	t    testing.TB
	dir  string
	kits *kits
	// started is the same for all cases of a run.
	started time.Time
	// catalog is the one that policies are compiled with.
	catalog *policies.Catalog
	// decoder reads objects of all kinds that cases have.
	decoder kruntime.Decoder
}

func newLoader(t testing.TB) *loader {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	l := &loader{t: t, dir: filepath.Join(filepath.Dir(here), "testdata"), catalog: catalog(t), decoder: decoder(t), started: time.Now()}
	l.kits = l.newKits()
	return l
}

func catalog(t testing.TB) *policies.Catalog {
	t.Helper()
	c, err := policies.DefaultCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (l *loader) documents(file string) []document {
	l.t.Helper()
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(l.render(file, ""))))
	var all []document
	for {
		data, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all
		}
		var d document
		if err == nil {
			err = sigsyaml.UnmarshalStrict(data, &d)
		}
		if err != nil {
			l.t.Fatalf("%s, after case %d: %v", file, len(all), err)
		}
		if d.Name != "" {
			all = append(all, d)
		}
	}
}

// render fills in a file what is only known in this run, between << and >>. role
// is what <<.>> means.
func (l *loader) render(file, role string) []byte {
	l.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		l.t.Fatal(err)
	}
	parsed, err := template.New(filepath.Base(file)).Delims("<<", ">>").Funcs(l.kits.functions()).Parse(string(data))
	if err != nil {
		l.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, role); err != nil {
		l.t.Fatal(err)
	}
	return out.Bytes()
}

// slug is the name of a case as part of an object's name.
func slug(name string) string {
	keep := func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			return r
		}
		return '-'
	}
	words := strings.FieldsFunc(strings.Map(keep, strings.ToLower(name)), func(r rune) bool { return r == '-' })
	text := strings.Join(words, "-")
	const most = 58
	return strings.Trim(text[:min(len(text), most)], "-")
}

// known says whether a verdict is one of the four, so that a misspelt one does
// not pass for a denial.
func (w Want) validate() error {
	if !slices.Contains([]string{Allowed, Denied, Warned, Audited}, w.Verdict) {
		return fmt.Errorf("want.verdict %q: must be allowed, denied, warned or audited", w.Verdict)
	}
	if (w.Verdict == Denied || w.Verdict == Warned) && len(w.Messages) == 0 {
		return errors.New("want.messages: say what the message must be")
	}
	return nil
}
