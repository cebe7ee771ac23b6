package ansi

import (
	"bytes"
	"testing"
)

func TestStrip(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                          "plain",
		"\x1b[32mgreen\x1b[0m":           "green",
		"\x1b[1;31mred\x1b[m and \x1b[K": "red and \x1b[K",
		"[0m is no colour":               "[0m is no colour",
	} {
		if got := Strip(in); got != want {
			t.Errorf("Strip(%q) = %q, want %q", in, got, want)
		}
	}
}

// However the text is cut into writes, the writer passes on what Strip leaves.
func FuzzWriter(f *testing.F) {
	f.Add("a\x1b[32mb\x1b[0mc", 3)
	f.Add("\x1b[\x1b[0m", 2)
	f.Add("\x1b[1;2;3", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		if size < 1 || len(text) > 4096 {
			return
		}
		for _, run := range longest(text) {
			if run > maxSequence {
				return // what is that long is not held back
			}
		}
		var out bytes.Buffer
		w := NewWriter(&out)
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			if m, err := w.Write(rest[:n]); m != n || err != nil {
				t.Fatalf("wrote %d of %d: %v", m, n, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), Strip(text); got != want {
			t.Errorf("in writes of %d: %q, want %q", size, got, want)
		}
	})
}

// longest are the lengths of the colours in text.
func longest(text string) []int {
	var out []int
	for _, m := range colour.FindAllString(text, -1) {
		out = append(out, len(m))
	}
	return out
}
