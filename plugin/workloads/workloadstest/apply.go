package workloadstest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// checkApply checks that an object is ready for server-side apply: conversion to JSON and
// back does not change it, and it has no null, which would own a field without setting it.
func checkApply(t *testing.T, set *workloads.Set) {
	t.Helper()
	decoder := scheme.Codecs.UniversalDeserializer()
	for _, obj := range set.Objects() {
		data, err := json.Marshal(obj)
		require.NoError(t, err)
		back, _, err := decoder.Decode(data, nil, nil)
		require.NoError(t, err, describe(obj))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(string(data), string(again)), describe(obj))
		var fields map[string]any
		require.NoError(t, json.Unmarshal(data, &fields))
		assert.Empty(t, nulls("", fields), describe(obj))
	}
}

func nulls(path string, value any) []string {
	switch v := value.(type) {
	case nil:
		return []string{path}
	case map[string]any:
		var found []string
		for key, inner := range v {
			found = append(found, nulls(path+"."+key, inner)...)
		}
		return found
	case []any:
		var found []string
		for _, inner := range v {
			found = append(found, nulls(path+"[]", inner)...)
		}
		return found
	}
	return nil
}

// checkSecrets checks that private keys are only in the data of Secrets.
func checkSecrets(t *testing.T, set *workloads.Set) {
	t.Helper()
	for _, obj := range set.Objects() {
		text, err := json.Marshal(workloads.Redact(obj))
		require.NoError(t, err)
		assert.NotContains(t, string(text), "PRIVATE KEY", "%s shows a private key", describe(obj))
	}
}
