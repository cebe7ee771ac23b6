package nvflare

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// maxDocument is the greatest size of a JSON file, in bytes.
const maxDocument = 1 << 20

// document is a JSON file as a tree, see package strictjson.
type document struct {
	file string
	root any
}

func parseDocument(file string, data []byte) (*document, error) {
	if len(data) > maxDocument {
		return nil, &kit.FieldError{File: file, Problem: fmt.Sprintf("is larger than %d KiB", maxDocument>>10), Fix: asProvisioned}
	}
	root, err := strictjson.Decode(data)
	if err != nil {
		return nil, &kit.FieldError{File: file, Problem: fmt.Sprintf("is not valid JSON: %v", err), Fix: asProvisioned}
	}
	return &document{file: file, root: root}, nil
}

// lookup walks the tree; a step is a key (string) or a list index (int).
func (d *document) lookup(steps ...any) (any, bool) {
	value := d.root
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			next, ok := object[step]
			if !ok {
				return nil, false
			}
			value = next
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil, false
			}
			value = list[step]
		}
	}
	return value, true
}

func (d *document) has(steps ...any) bool {
	_, ok := d.lookup(steps...)
	return ok
}

// text returns the string in a field, which must not be empty.
func (d *document) text(steps ...any) (string, error) {
	value, ok := d.lookup(steps...)
	if !ok {
		return "", d.wrong("is missing", steps...)
	}
	text, ok := value.(string)
	if !ok {
		return "", d.wrong("must be a string", steps...)
	}
	if text == "" {
		return "", d.wrong("must not be empty", steps...)
	}
	if !kit.Printable(text) {
		return "", d.wrong(fmt.Sprintf("is %s, but must not have control characters", kit.Quote(text)), steps...)
	}
	return text, nil
}

// port returns the port number in a field.
func (d *document) port(steps ...any) (int, error) {
	value, ok := d.lookup(steps...)
	if !ok {
		return 0, d.wrong("is missing", steps...)
	}
	number, _ := value.(json.Number)
	port, ok := kit.ParsePort(number.String())
	if !ok {
		return 0, d.wrong("must be a port number from 1 to 65535", steps...)
	}
	return port, nil
}

// oneServer checks that servers is a list of one, since NVFLARE has one server.
func (d *document) oneServer() error {
	value, ok := d.lookup("servers")
	if !ok {
		return d.wrong("is missing", "servers")
	}
	if list, _ := value.([]any); len(list) != 1 {
		return d.wrong("must be a list of one server", "servers")
	}
	return nil
}

func (d *document) wrong(problem string, steps ...any) error {
	return &kit.FieldError{File: d.file, Field: fieldPath(steps), Problem: problem, Fix: asProvisioned}
}

// fieldPath is the path of a field, such as servers[0].service.target.
func fieldPath(steps []any) string {
	var b strings.Builder
	for _, step := range steps {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}
