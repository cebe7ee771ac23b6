package federation

import (
	"encoding/json"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

// Members are the participants with the defaults of the file: a participant's own settings
// replace those of its role, and these the general ones. Lists are replaced as a whole, maps
// by key.
func (f *Federation) Members() ([]Participant, error) {
	members := make([]Participant, 0, len(f.Spec.Participants))
	for _, p := range f.Spec.Participants {
		settings := f.Spec.Defaults
		for _, over := range []Settings{f.Spec.RoleDefaults[p.Role], p.Settings} {
			var err error
			if settings, err = settings.With(over); err != nil {
				return nil, fmt.Errorf("%s: %w", p.Name, err)
			}
		}
		p.Settings = settings
		members = append(members, p)
	}
	return members, nil
}

// With are the settings, with those of over that are set.
func (s Settings) With(over Settings) (Settings, error) {
	var merged Settings
	below, err := json.Marshal(s)
	if err != nil {
		return merged, err
	}
	above, err := json.Marshal(over)
	if err != nil {
		return merged, err
	}
	content, err := jsonpatch.MergePatch(below, above)
	if err != nil {
		return merged, err
	}
	return merged, json.Unmarshal(content, &merged)
}
