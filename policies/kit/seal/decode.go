package seal

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// digestForm is SHA-256 as in-toto writes it: lower-case hexadecimal digits.
var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// decode reads a Statement. It ignores unknown fields, as in-toto requires; protojson
// rejects duplicate fields.
func decode(payload []byte) (*Statement, error) {
	raw := &intoto.Statement{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(payload, raw); err != nil {
		// The parser's message contains parts of the text and differs from run to run.
		return nil, errors.New("its payload is not an in-toto Statement in JSON")
	}
	if raw.GetType() != intoto.StatementTypeUri {
		return nil, fmt.Errorf("its statement is of the type %.60q, not %s", raw.GetType(), intoto.StatementTypeUri)
	}
	if raw.GetPredicateType() != PredicateType {
		return nil, fmt.Errorf("its predicate is of the type %.80q, not %s", raw.GetPredicateType(), PredicateType)
	}
	files, err := subjects(raw.GetSubject())
	if err != nil {
		return nil, err
	}
	f := fields{in: raw.GetPredicate(), path: "predicate"}
	s := f.statement()
	s.Files = files
	return s, f.err
}

// subjects rejects duplicate names: two readers could use different digests for them.
func subjects(list []*intoto.ResourceDescriptor) (map[string]string, error) {
	if len(list) == 0 {
		return nil, errors.New("its statement lists no file")
	}
	files := make(map[string]string, len(list))
	for _, subject := range list {
		name, digest := subject.GetName(), subject.GetDigest()[string(intoto.AlgorithmSHA256)]
		if name == "" {
			return nil, errors.New("its statement has a subject without a name")
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("its statement lists the file %.60q twice", name)
		}
		if !digestForm.MatchString(digest) {
			return nil, fmt.Errorf("its statement has no valid sha256 digest of the file %.60q", name)
		}
		files[name] = digest
	}
	return files, nil
}

// fields reads values from a predicate and keeps the first error.
type fields struct {
	in   *structpb.Struct
	path string
	err  error
}

func (f *fields) statement() *Statement {
	s := &Statement{
		Federation: f.text("federation"), Participant: f.text("participant"), Role: f.text("role"), Org: f.text("org"),
		NotBefore: f.time("notBefore"), NotAfter: f.time("notAfter"), Serial: f.serial(),
		SealedBy: SealedBy(f.text("sealedBy")),
	}
	framework := fields{in: f.in.GetFields()["framework"].GetStructValue(), path: "predicate.framework"}
	s.Framework = Framework{Name: framework.text("name"), Family: framework.optional("family"), Version: framework.optional("version")}
	f.err = errors.Join(f.err, framework.err)
	f.identity(s)
	f.check(s)
	return s
}

// identity reads what identifies a kit: the federation's root or, if the framework has
// no certificates, the participant's key.
func (f *fields) identity(s *Statement) {
	name, into := "root", &s.Root
	if _, ok := f.in.GetFields()["key"]; ok {
		name, into = "key", &s.Key
	}
	found := fields{in: f.in.GetFields()[name].GetStructValue(), path: "predicate." + name}
	*into = found.text("sha256")
	f.err = errors.Join(f.err, found.err)
	if _, both := f.in.GetFields()["root"]; both && s.Key != "" {
		f.fail("key", "must not be set together with root")
	}
}

// check validates what the types of the fields do not.
func (f *fields) check(s *Statement) {
	switch {
	case f.err != nil:
	case s.Key == "" && !digestForm.MatchString(s.Root):
		f.fail("root.sha256", "is not a SHA-256 fingerprint of 64 lower-case hexadecimal digits")
	case s.Key != "" && !digestForm.MatchString(s.Key):
		f.fail("key.sha256", "is not a SHA-256 fingerprint of 64 lower-case hexadecimal digits")
	case s.SealedBy != ByProject && s.SealedBy != BySite:
		f.fail("sealedBy", fmt.Sprintf("is %.60q, but must be %s or %s", s.SealedBy, ByProject, BySite))
	case !s.NotAfter.After(s.NotBefore):
		f.fail("notAfter", "is not later than notBefore")
	}
}

func (f *fields) text(name string) string {
	value, ok := f.in.GetFields()[name].GetKind().(*structpb.Value_StringValue)
	switch {
	case !ok:
		f.fail(name, "must be a string")
	case value.StringValue == "":
		f.fail(name, "must not be empty")
	default:
		return value.StringValue
	}
	return ""
}

// optional is text if the field is set, and otherwise "".
func (f *fields) optional(name string) string {
	if _, ok := f.in.GetFields()[name]; !ok {
		return ""
	}
	return f.text(name)
}

func (f *fields) time(name string) time.Time {
	text := f.text(name)
	if f.err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		f.fail(name, "is not a time such as 2026-03-01T12:00:00Z")
	}
	return t.UTC()
}

func (f *fields) serial() int64 {
	number, ok := f.in.GetFields()["serial"].GetKind().(*structpb.Value_NumberValue)
	if !ok || !(number.NumberValue >= 1 && number.NumberValue <= MaxSerial) || number.NumberValue != float64(int64(number.NumberValue)) {
		f.fail("serial", "must be a whole number from 1 to 2^53-1")
		return 0
	}
	return int64(number.NumberValue)
}

func (f *fields) fail(name, problem string) {
	if f.err == nil {
		f.err = fmt.Errorf("its field %s.%s %s", f.path, name, problem)
	}
}
