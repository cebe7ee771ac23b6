package flower

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Configure checks values of [tool.flwr.app.config], and returns them as TOML for flwr run
// --run-config, which takes no other keys. A value has the type of the one that it
// replaces.
func (Workloads) Configure(folder fs.FS, set []string) (string, error) {
	a, err := readApp(folder)
	if err != nil {
		return "", err
	}
	known := map[string]any{}
	flatten(known, "", a.Config)
	values := map[string]any{}
	for _, one := range set {
		key, text, ok := strings.Cut(one, "=")
		if !ok {
			return "", fmt.Errorf("%q is not KEY=VALUE", one)
		}
		old, ok := known[key]
		if !ok {
			return "", fmt.Errorf("[tool.flwr.app.config] of %s has no %q: %s", projectFile, key, choices(known))
		}
		value, err := like(old, text)
		if err != nil {
			return "", fmt.Errorf("%s=%s: %w", key, text, err)
		}
		values[key] = value
	}
	return encode(values)
}

// flatten makes names with dots of tables, as Flower does.
func flatten(into map[string]any, prefix string, values map[string]any) {
	for key, value := range values {
		if table, ok := value.(map[string]any); ok {
			flatten(into, prefix+key+".", table)
		} else {
			into[prefix+key] = value
		}
	}
}

func choices(known map[string]any) string {
	if len(known) == 0 {
		return "it is empty"
	}
	return "it has " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}

// like reads a value of the type of another one.
func like(old any, text string) (any, error) {
	switch old.(type) {
	case bool:
		if text != "true" && text != "false" {
			return nil, errors.New("the value must be true or false")
		}
		return text == "true", nil
	case int64:
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("the value must be a whole number")
		}
		return number, nil
	case float64:
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			return nil, errors.New("the value must be a number")
		}
		return number, nil
	case string:
		return text, nil
	}
	return nil, errors.New("the app has a list or a date there, which cannot be set")
}

// encode writes each key with its dots in quotes, which Flower takes for the same key.
func encode(values map[string]any) (string, error) {
	data, err := toml.Marshal(values)
	return string(data), err
}
