// Package source reads all files that users give: manifests, SitePolicies and startup kits.
//
// Manifests come from files, folders, globs, URLs, standard input and
// kustomizations, as kubectl takes them. They are read as a stream: one document
// is bounded, their sum is not. Decoding is strict, as it is by default when kubectl sends
// objects to the API server: an unknown field or a duplicate key is an error, because the
// verdict would be about something else than the user meant.
package source

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
)

// MaxDocument is the maximum size of a document in bytes. It leaves room for a List with
// thousands of objects; the API server takes 3 MiB in one request.
const MaxDocument = 16 << 20

// MaxObjects is the maximum number of objects that All keeps in memory.
const MaxObjects = 100000

// Stdin is the name under which standard input is read.
const Stdin = "-"

// Place is where an object is: a file, the number of its document and, in a List, the
// number of its item, both counted from 1.
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
	// Name ends in "*" if the object has only a generateName.
	Kind, Namespace, Name string
	// Typed is nil if policies do not cover the kind.
	Typed runtime.Object
}
