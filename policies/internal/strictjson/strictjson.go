// Package strictjson decodes untrusted JSON into a tree. It does not decode into
// structs, since encoding/json ignores the case of keys and uses the last of two equal
// ones: it could find a field that other parsers do not.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxDepth limits the nesting. The files of kits need six levels.
const maxDepth = 32

// Node is a value with the line in which it begins.
type Node struct {
	// Value is nil, a bool, a string, a json.Number, a []Node or a map[string]Node.
	Value any
	Line  int
}

// Decode reads one value and the end of the text. Errors name the line.
func Decode(data []byte) (any, error) {
	root, err := DecodeLines(data)
	if err != nil {
		return nil, err
	}
	return root.plain(), nil
}

// DecodeLines is Decode for a caller who needs the lines of the values.
func DecodeLines(data []byte) (Node, error) {
	d := &decoder{Decoder: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	d.UseNumber()
	root, err := d.value(maxDepth)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Node{}, errors.New("it ends too early")
	}
	if err != nil {
		return Node{}, fmt.Errorf("line %d: %w", d.lineOf(err), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Node{}, fmt.Errorf("line %d: it has text after the JSON value", d.lineOf(err))
	}
	return root, nil
}

// plain is the value without lines.
func (n Node) plain() any {
	switch v := n.Value.(type) {
	case []Node:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i].plain()
		}
		return list
	case map[string]Node:
		object := make(map[string]any, len(v))
		for key, value := range v {
			object[key] = value.plain()
		}
		return object
	}
	return n.Value
}

// decoder counts lines while it reads.
type decoder struct {
	*json.Decoder
	data []byte
	// line is the line of the offset at.
	line, at int
}

// lineOf is the line in which an error was found.
func (d *decoder) lineOf(err error) int {
	at := d.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	return 1 + bytes.Count(d.data[:min(at, int64(len(d.data)))], []byte("\n"))
}

// next counts the lines up to the end of the last token. No token has a line break.
func (d *decoder) next() int {
	end := int(d.InputOffset())
	d.line += bytes.Count(d.data[d.at:end], []byte("\n"))
	d.at = end
	return d.line
}

// value reads one value of at most depth levels. It rejects duplicate keys: two parsers
// may use different ones.
func (d *decoder) value(depth int) (Node, error) {
	token, err := d.Token()
	if err != nil {
		return Node{}, err
	}
	n := Node{Value: token, Line: d.next()}
	delim, nested := token.(json.Delim)
	switch {
	case !nested:
		return n, nil
	case depth == 0:
		return n, fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	case delim == '[':
		n.Value, err = d.list(depth - 1)
	default:
		n.Value, err = d.object(depth - 1)
	}
	return n, err
}

func (d *decoder) list(depth int) ([]Node, error) {
	list := []Node{}
	for d.More() {
		value, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := d.Token()
	return list, err
}

func (d *decoder) object(depth int) (map[string]Node, error) {
	object := map[string]Node{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("it has the key %.60q twice", key)
		}
		if object[key], err = d.value(depth); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}
