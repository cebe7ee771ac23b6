package nvflare

import (
	"encoding/json"
	"errors"
)

// RootFile is the state file of `nvflare provision`.
func (Framework) RootFile() (tool, path string) {
	return "nvflare provision", "workspace/demo/state/cert.json"
}

// ReadRoot reads the state file of `nvflare provision`. It drops the parser's errors, since
// they quote the file.
func (Framework) ReadRoot(data []byte) (certificate, key []byte, err error) {
	var state struct {
		Root string `json:"root_cert"`
		Key  string `json:"root_pri_key"`
	}
	if json.Unmarshal(data, &state) != nil {
		return nil, nil, errors.New("it is not valid JSON")
	}
	if state.Root == "" || state.Key == "" {
		return nil, nil, errors.New("root_cert or root_pri_key is missing")
	}
	return []byte(state.Root), []byte(state.Key), nil
}
