package profiles

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Words are a command and its arguments, which Kubernetes joins. The author may write a word
// in either field, which makes no difference.
type Words struct{ Command, Args []string }

// WordsOf are the words of a container.
func WordsOf(c *corev1.Container) Words { return Words{c.Command, c.Args} }

// Len is the number of words.
func (w Words) Len() int { return len(w.Command) + len(w.Args) }

// Field is the field of word i.
func (w Words) Field(i int) string {
	if i < len(w.Command) {
		return fmt.Sprintf("command[%d]", i)
	}
	return fmt.Sprintf("args[%d]", i-len(w.Command))
}

// At is word i, or "" if there is none.
func (w Words) At(i int) string {
	if i < len(w.Command) {
		return w.Command[i]
	}
	if i -= len(w.Command); i < len(w.Args) {
		return w.Args[i]
	}
	return ""
}

// Wrong is a problem of word i.
func (w Words) Wrong(i int, fix, format string, args ...any) []Problem {
	return []Problem{{Field: w.Field(i), Detail: Sprintf(format, args...), Fix: fix}}
}

// Sprintf is fmt.Sprintf with long values shortened.
func Sprintf(format string, args ...any) string {
	const longest = 80
	for i := range args {
		if text, ok := args[i].(string); ok && len(text) > longest {
			args[i] = text[:longest] + "…"
		}
	}
	return fmt.Sprintf(format, args...)
}
