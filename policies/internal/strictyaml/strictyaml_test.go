package strictyaml

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
)

func TestDecode(t *testing.T) {
	root, err := Decode([]byte("a: [x, 1.5, true]\nb:\n  c: null\n  d: yes\n"))
	require.NoError(t, err)
	assert.Equal(t, strictjson.Node{Line: 1, Value: map[string]strictjson.Node{
		"a": {Line: 1, Value: []strictjson.Node{{Line: 1, Value: "x"}, {Line: 1, Value: json.Number("1.5")}, {Line: 1, Value: true}}},
		"b": {Line: 3, Value: map[string]strictjson.Node{"c": {Line: 3}, "d": {Line: 4, Value: "yes"}}},
	}}, root)
	root, err = Decode([]byte("# nothing\n"))
	require.NoError(t, err)
	assert.Nil(t, root.Value)
}

func TestDecodeRejects(t *testing.T) {
	for data, want := range map[string]string{
		"a: [":             "not valid YAML",
		"a: &x 1":          "an anchor",
		"a: !!int 1":       "a tag",
		"1: a":             "is not a text",
		"a: 1\nb: 2\na: 3": "there twice",
		"? [a]\n: b":       "is not a text",
		"a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40): "nested deeper",
	} {
		_, err := Decode([]byte(data))
		require.ErrorContains(t, err, want, data)
	}
}
