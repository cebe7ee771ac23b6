// Package source is the one reader of what a person gives as files: manifests,
// SitePolicies and startup kits.
//
// Manifests come from files, folders, globs, URLs, standard input and
// kustomizations, as kubectl takes them. They are read as a stream: one document
// is bounded, their sum is not. Decoding is strict, as the API server's is by
// default for kubectl: an unknown field or a key that occurs twice is an error,
// because a verdict on something else than was meant would be worthless.
package source

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
)

// MaxDocument is the most bytes of one document. It leaves room for a List with
// thousands of objects; the API server takes 3 MiB in one request.
const MaxDocument = 16 << 20

// MaxObjects is the most objects that All keeps in memory.
const MaxObjects = 100000

// Stdin is the name under which standard input is read.
const Stdin = "-"

// Place is where an object stands: a file, which of its documents and, in a List,
// which of its items, both from 1.
type Place struct {
	File     string `json:"file"`
	Document int    `json:"document"`
	Item     int    `json:"item,omitempty"`
}

// String is for messages.
func (p Place) String() string {
	name := p.File
	if name == Stdin {
		name = "standard input"
	}
	if p.Item > 0 {
		return fmt.Sprintf("%s, document %d, item %d", name, p.Document, p.Item)
	}
	return fmt.Sprintf("%s, document %d", name, p.Document)
}

// Object is one object of a file.
type Object struct {
	Place
	// Name ends in "*" where the object has a generateName only.
	Kind, Namespace, Name string
	// Typed is nil where the kind is not one that matters to a policy.
	Typed runtime.Object
}
