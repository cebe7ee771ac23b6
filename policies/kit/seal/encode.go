package seal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// encode writes the Statement as JSON. A Statement always gives the same bytes: the
// subjects are sorted by name, and the spaces, which protojson varies on purpose, are
// removed.
func (s *Statement) encode() ([]byte, error) {
	predicate, err := structpb.NewStruct(s.predicate())
	if err != nil {
		return nil, fmt.Errorf("the seal's statement cannot be written: %w", err)
	}
	statement := &intoto.Statement{Type: intoto.StatementTypeUri, PredicateType: PredicateType, Predicate: predicate}
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		statement.Subject = append(statement.Subject, &intoto.ResourceDescriptor{
			Name: name, Digest: map[string]string{string(intoto.AlgorithmSHA256): s.Files[name]},
		})
	}
	if err := statement.Validate(); err != nil {
		return nil, fmt.Errorf("the seal's statement cannot be written: %w", err)
	}
	data, err := protojson.Marshal(statement)
	if err != nil {
		return nil, fmt.Errorf("the seal's statement cannot be written: %w", err)
	}
	var out bytes.Buffer
	err = json.Compact(&out, data)
	return out.Bytes(), err
}

func (s *Statement) predicate() map[string]any {
	framework := map[string]any{"name": s.Framework.Name}
	if s.Framework.Family != "" {
		framework["family"] = s.Framework.Family
	}
	if s.Framework.Version != "" {
		framework["version"] = s.Framework.Version
	}
	identity, fingerprint := "root", s.Root
	if s.Key != "" {
		identity, fingerprint = "key", s.Key
	}
	return map[string]any{
		"federation": s.Federation, "participant": s.Participant, "role": s.Role, "org": s.Org,
		"framework": framework,
		identity:    map[string]any{"sha256": fingerprint},
		"notBefore": s.NotBefore.UTC().Format(time.RFC3339),
		"notAfter":  s.NotAfter.UTC().Format(time.RFC3339),
		"serial":    s.Serial,
		"sealedBy":  string(s.SealedBy),
	}
}
