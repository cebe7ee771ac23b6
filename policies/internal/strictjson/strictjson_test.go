package strictjson

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecode(t *testing.T) {
	got, err := Decode([]byte(` {"a": [1, true, null, {"A": "x"}], "b": 9007199254740993} `))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"a": []any{json.Number("1"), true, nil, map[string]any{"A": "x"}}, "b": json.Number("9007199254740993"),
	}, got)
}

func TestDecodeRefuses(t *testing.T) {
	for data, want := range map[string]string{
		"":                       "it ends too early",
		`{"a": `:                 "it ends too early",
		`{"a": 1, "\u0061": 2}`:  `it has the key "a" twice`,
		`{} {}`:                  "it has text after the JSON value",
		`{a: 1}`:                 "invalid character",
		strings.Repeat("[", 100): "it is nested deeper than 32 levels",
	} {
		_, err := Decode([]byte(data))
		assert.ErrorContains(t, err, want, data)
	}
}

func TestDecodeLines(t *testing.T) {
	root, err := DecodeLines([]byte("\n{\"a\":\n [1,\n\n  {\"b\": \"x\\ny\"}], \"c\":\ntrue}\n"))
	require.NoError(t, err)
	assert.Equal(t, Node{Line: 2, Value: map[string]Node{
		"a": {Line: 3, Value: []Node{
			{Line: 3, Value: json.Number("1")},
			{Line: 5, Value: map[string]Node{"b": {Line: 5, Value: "x\ny"}}},
		}},
		"c": {Line: 6, Value: true},
	}}, root)
}
