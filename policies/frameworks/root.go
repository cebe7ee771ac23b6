package frameworks

import (
	"errors"
	"fmt"
	"strings"
)

// RootKeeper is a framework whose provisioning keeps the federation's root certificate
// and its private key in one file.
type RootKeeper interface {
	// RootFile is the command that writes the file, and an example of the file's path.
	RootFile() (tool, path string)
	// ReadRoot reads the root certificate and its key, both in PEM, from the file. Its
	// error says what is missing and contains no part of the file, which has private
	// keys.
	ReadRoot(data []byte) (certificate, key []byte, err error)
}

// RootKeepers are the frameworks with this capability.
func (r *Registry) RootKeepers() []RootKeeper {
	var keepers []RootKeeper
	for _, f := range r.all {
		if f.RootKeeper != nil {
			keepers = append(keepers, f.RootKeeper)
		}
	}
	return keepers
}

// ReadRoot reads the file of any RootKeeper.
func (r *Registry) ReadRoot(data []byte) (certificate, key []byte, err error) {
	var tried []string
	for _, f := range r.RootKeepers() {
		if certificate, key, err = f.ReadRoot(data); err == nil {
			return certificate, key, nil
		}
		tool, path := f.RootFile()
		tried = append(tried, fmt.Sprintf("not written by `%s`: %v; give a file such as %s", tool, err, path))
	}
	if tried == nil {
		return nil, nil, errors.New("no supported framework keeps its root in a file")
	}
	return nil, nil, errors.New(strings.Join(tried, ", "))
}
