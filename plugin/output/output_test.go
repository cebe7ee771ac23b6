package output_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// command is a command with the flags that add adds, after the arguments are read.
func command(t *testing.T, add func(*cobra.Command), args ...string) *cobra.Command {
	t.Helper()
	cmd := &cobra.Command{Use: "x"}
	add(cmd)
	require.NoError(t, cmd.ParseFlags(args))
	return cmd
}

type item struct {
	Name string `json:"name"`
	Days int    `json:"days"`
}

type list struct {
	metav1.TypeMeta `json:",inline"`

	Items []item `json:"items"`
}

func document() output.Document {
	table := &metav1.Table{ColumnDefinitions: []metav1.TableColumnDefinition{
		{Name: "Name", Type: "string"}, {Name: "Days", Type: "integer", Priority: 1},
	}}
	for _, i := range []item{{"a", 1}, {"b", 30}} {
		table.Rows = append(table.Rows, metav1.TableRow{Cells: []any{i.Name, i.Days}})
	}
	return output.Document{
		Body:  list{metav1.TypeMeta{APIVersion: "kubectl-flare.dev/v1alpha1", Kind: "ThingList"}, []item{{"a", 1}, {"b", 30}}},
		Names: []string{"a", "b"},
		Table: table,
	}
}

func view(t *testing.T, d output.Document, args ...string) (string, error) {
	t.Helper()
	v := output.NewView()
	command(t, func(cmd *cobra.Command) { v.AddFlags(cmd); v.AddNoHeaders(cmd) }, args...)
	if err := v.Validate(); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err := v.Print(&out, d)
	return out.String(), err
}

func TestFormatsOfDocuments(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "NAME\na\nb\n",
		"--no-headers":                           "a\nb\n",
		"-o wide":                                "NAME   DAYS\na      1\nb      30\n",
		"-o name":                                "a\nb\n",
		"-o yaml":                                "apiVersion: kubectl-flare.dev/v1alpha1\nitems:\n- days: 1\n  name: a\n- days: 30\n  name: b\nkind: ThingList\n",
		"-o jsonpath={.items[?(@.days>7)].name}": "b",
		"-o go-template={{.items|len}}":          "2",
		"--template={{.kind}}":                   "ThingList",
		"-o custom-columns=WHO:.name,LEFT:.days": "WHO   LEFT\na     1\nb     30\n",
		"-o custom-columns=WHO:.name --no-headers": "a\nb\n",
	} {
		t.Run(args, func(t *testing.T) {
			got, err := view(t, document(), strings.Fields(args)...)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// JSON keeps the order in which a type has its fields.
func TestJSONKeepsTheOrder(t *testing.T) {
	got, err := view(t, document(), "-o", "json")
	require.NoError(t, err)
	want := `{
    "kind": "ThingList",
    "apiVersion": "kubectl-flare.dev/v1alpha1",
    "items": [
        {
            "name": "a",
            "days": 1
        },
        {
            "name": "b",
            "days": 30
        }
    ]
}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUnknownFormats(t *testing.T) {
	_, err := view(t, document(), "-o", "xml")
	require.ErrorContains(t, err, `unable to match a printer suitable for the output format "xml", allowed formats are: custom-columns,`)
	_, err = view(t, document(), "-o", "custom-columns=x")
	require.ErrorContains(t, err, `column "x" of -o custom-columns is not HEADER:.json.path`)
}

func TestTextForPeople(t *testing.T) {
	d := document()
	d.Table = nil
	d.Text = func(out io.Writer, wide bool) error {
		_, err := io.WriteString(out, map[bool]string{false: "short\n", true: "everything\n"}[wide])
		return err
	}
	for args, want := range map[string]string{"": "short\n", "-o wide": "everything\n"} {
		got, err := view(t, d, strings.Fields(args)...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func changes(t *testing.T, made []output.Change, args ...string) (string, error) {
	t.Helper()
	p := output.NewPrinter()
	cmd := command(t, func(cmd *cobra.Command) { p.AddFlags(cmd); p.AddShowSecrets(cmd) }, args...)
	if err := p.Complete(cmd); err != nil {
		return "", err
	}
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	err := p.Changes(streams, made)
	return out.String() + errOut.String(), err
}

func made(t *testing.T) []output.Change {
	t.Helper()
	secret := &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: "s", Namespace: "ns"},
		Data: map[string][]byte{"client.key": []byte("private")},
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(secret)
	require.NoError(t, err)
	return []output.Change{
		{Name: "secret/s", Namespace: "ns", Verb: "created", Object: secret},
		{Name: "secret/s", Namespace: "ns", Verb: "unchanged", Object: &unstructured.Unstructured{Object: content}},
		{Name: "configmap/old", Namespace: "ns", Verb: "pruned"},
	}
}

func TestFormatsOfChanges(t *testing.T) {
	for args, want := range map[string]string{
		"":                              "secret/s created\nsecret/s unchanged\nconfigmap/old pruned\n",
		"--dry-run=client":              "secret/s created (dry run)\nsecret/s unchanged (dry run)\nconfigmap/old pruned (dry run)\n",
		"--dry-run=server":              "secret/s created (server dry run)\nsecret/s unchanged (server dry run)\nconfigmap/old pruned (server dry run)\n",
		"-o name":                       strings.Repeat("secret/s\n", 2),
		"-o wide":                       "NAMESPACE   OBJECT          CHANGE\nns          secret/s        created\nns          secret/s        unchanged\nns          configmap/old   pruned\n",
		"-o jsonpath={.metadata.name},": "s,s,",
		"-o custom-columns=N:.metadata.name,K:.stringData": "N     K\ns     map[client.key:REDACTED (7 bytes)]\ns     map[client.key:REDACTED (7 bytes)]\n",
	} {
		t.Run(args, func(t *testing.T) {
			got, err := changes(t, made(t), strings.Fields(args)...)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// No format shows anything of a Secret, unless --show-secrets is given.
func TestSecretsAreRedacted(t *testing.T) {
	const inBase64 = "cHJpdmF0ZQ"
	for _, format := range []string{"json", "yaml", "kyaml", "go-template={{.}}", "jsonpath={}", "custom-columns=A:.data"} {
		got, err := changes(t, made(t), "-o", format)
		require.NoError(t, err)
		require.NotContains(t, got, inBase64, format)
		got, err = changes(t, made(t), "-o", format, "--show-secrets")
		require.NoError(t, err)
		require.Contains(t, got, inBase64, format)
	}
}

// A manifest with a redacted Secret could be applied, and the Secret would stay.
func TestManifestsLeaveSecretsOut(t *testing.T) {
	note := "secret/s in namespace ns is left out, because it has private content: give --show-secrets to print it\n"
	for format, prefix := range map[string]string{"yaml": "# ", "kyaml": "# ", "json": "Note: "} {
		got, err := changes(t, made(t), "-o", format)
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(got, prefix+note), got)
		require.NotContains(t, got, "Data")
		got, err = changes(t, made(t), "-o", format, "--show-secrets")
		require.NoError(t, err)
		require.NotContains(t, got, "left out")
	}
	empty := []output.Change{{Name: "secret/filled-later", Object: &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: "filled-later"},
	}}}
	got, err := changes(t, empty, "-o", "yaml")
	require.NoError(t, err)
	require.Contains(t, got, "name: filled-later")
}

func TestJSONIsOneDocument(t *testing.T) {
	got, err := changes(t, made(t), "-o", "json")
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(got, `"kind": "List"`))
}

func TestCustomColumnsOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "columns")
	require.NoError(t, os.WriteFile(file, []byte("WHO  LEFT\n{.name}  days\n"), 0o600))
	got, err := view(t, document(), "-o", "custom-columns-file="+file)
	require.NoError(t, err)
	require.Equal(t, "WHO   LEFT\na     1\nb     30\n", got)
	require.NoError(t, os.WriteFile(file, []byte("WHO LEFT\n.name\n"), 0o600))
	_, err = view(t, document(), "-o", "custom-columns-file="+file)
	require.ErrorContains(t, err, "there are 2 headers in the first line and 1 paths in the second")
}

func TestBadColumns(t *testing.T) {
	for format, want := range map[string]string{
		"custom-columns":            "has no columns",
		"custom-columns=A:.a[":      `column "A" of -o custom-columns`,
		"custom-columns-file=/none": "no such file",
	} {
		_, err := view(t, document(), "-o", format)
		require.ErrorContains(t, err, want)
	}
	got, err := view(t, document(), "-o", "custom-columns=X:.absent")
	require.NoError(t, err)
	require.Equal(t, "X\n<none>\n<none>\n", got)
}
