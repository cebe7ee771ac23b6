// Package ansi removes terminal colors from text: some programs color their logs even
// without a terminal.
package ansi

import (
	"io"
	"regexp"
	"slices"
)

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Strip returns s without colors.
func Strip(s string) string { return colour.ReplaceAllString(s, "") }

// NewWriter returns a writer that passes everything except colors on to w. A sequence may
// be split over several writes. Close passes on bytes that were held back as the possible
// start of a sequence; it does not close w.
func NewWriter(w io.Writer) io.WriteCloser { return &writer{to: w} }

type writer struct {
	to   io.Writer
	held []byte
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	data := slices.Concat(w.held, p)
	cut := len(data) - unfinished(data)
	w.held = slices.Clone(data[cut:])
	if _, err := w.to.Write(colour.ReplaceAll(data[:cut], nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close implements io.Closer.
func (w *writer) Close() error {
	_, err := w.to.Write(w.held)
	w.held = nil
	return err
}

// maxSequence bounds what is held back: no color is that long.
const maxSequence = 64

// unfinished is how many bytes at the end may be the start of a sequence.
func unfinished(data []byte) int {
	for i := len(data) - 1; i >= 0 && len(data)-i <= maxSequence; i-- {
		c := data[i]
		switch {
		case c == 0x1b:
			return len(data) - i
		case c == '[' && i > 0 && data[i-1] == 0x1b:
			return len(data) - i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}
