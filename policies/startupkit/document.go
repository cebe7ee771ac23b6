package startupkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxParsed bounds what is parsed: configuration, certificates and keys.
	maxParsed = 1 << 20
	// maxDepth bounds the nesting of JSON; a kit's files need six levels.
	maxDepth = 32
)

// document is a JSON file. It is kept as a tree and not decoded into structs,
// because encoding/json matches keys without regard to case: it would find a
// field that NVFLARE does not see.
type document struct {
	file string
	root any
}

func parseDocument(file string, data []byte) (*document, error) {
	if len(data) > maxParsed {
		return nil, tooLarge(file, maxParsed)
	}
	root, err := decodeOne(data)
	if err != nil {
		return nil, &FieldError{File: file, Problem: fmt.Sprintf("is not good JSON: %v", err), Fix: asProvisioned}
	}
	return &document{file: file, root: root}, nil
}

// decodeOne reads one value and the end of the file.
func decodeOne(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	root, err := decode(dec, maxDepth)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("it ends too early")
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return root, nil
}

// decode reads one value of at most depth levels. It refuses a repeated key:
// two readers may take different ones.
func decode(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	delim, nested := token.(json.Delim)
	if err != nil || !nested {
		return token, err
	}
	if depth == 0 {
		return nil, fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	}
	if delim == '[' {
		return decodeList(dec, depth-1)
	}
	return decodeObject(dec, depth-1)
}

func decodeList(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		value, err := decode(dec, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.Token()
	return list, err
}

func decodeObject(dec *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("the key %s stands in it twice", shown(key))
		}
		if object[key], err = decode(dec, depth); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
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

// text gives the string at that place, which must not be empty.
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
	if !printable(text) {
		return "", d.wrong(fmt.Sprintf("is %s: it has control characters", shown(text)), steps...)
	}
	return text, nil
}

// port gives the port number at that place.
func (d *document) port(steps ...any) (int, error) {
	value, ok := d.lookup(steps...)
	if !ok {
		return 0, d.wrong("is missing", steps...)
	}
	number, _ := value.(json.Number)
	port, ok := parsePort(number.String())
	if !ok {
		return 0, d.wrong("must be a port number from 1 to 65535", steps...)
	}
	return port, nil
}

// oneServer makes sure that servers is a list of one: NVFLARE has one server.
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
	return &FieldError{File: d.file, Field: fieldPath(steps), Problem: problem, Fix: asProvisioned}
}

// fieldPath writes steps the way people do: servers[0].service.target.
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
