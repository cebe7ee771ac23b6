package rules

import (
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

// declarations declares Go types to CEL, so that a misspelt field is an error when a rule is
// written, not when a pod is denied. The declared types are those of the values that
// k8s.io/apiserver/pkg/cel/common.SchemalessTypedToVal makes (v0.37), which are those of
// the object's JSON: times and quantities are strings.
type declarations struct {
	known map[reflect.Type]*apiservercel.DeclType
}

func newDeclarations() *declarations {
	return &declarations{known: map[reflect.Type]*apiservercel.DeclType{
		reflect.TypeFor[metav1.Time]():          apiservercel.StringType,
		reflect.TypeFor[metav1.MicroTime]():     apiservercel.StringType,
		reflect.TypeFor[resource.Quantity]():    apiservercel.StringType,
		reflect.TypeFor[[]byte]():               apiservercel.StringType,
		reflect.TypeFor[intstr.IntOrString]():   apiservercel.DynType,
		reflect.TypeFor[metav1.FieldsV1]():      apiservercel.DynType,
		reflect.TypeFor[runtime.RawExtension](): apiservercel.DynType,
	}}
}

// unbounded is the size of lists and maps of which nothing is known. It is for static
// estimates of costs, which Kubernetes' admission does not make either.
const unbounded = -1

func (d *declarations) of(typ reflect.Type) *apiservercel.DeclType {
	if known, ok := d.known[typ]; ok {
		return known
	}
	switch typ.Kind() { //nolint:exhaustive // JSON has no others; anything may be in a dyn
	case reflect.Pointer:
		return d.of(typ.Elem())
	case reflect.String:
		return apiservercel.StringType
	case reflect.Bool:
		return apiservercel.BoolType
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return apiservercel.IntType
	case reflect.Float32, reflect.Float64:
		return apiservercel.DoubleType
	case reflect.Slice:
		return apiservercel.NewListType(d.of(typ.Elem()), unbounded)
	case reflect.Map:
		return apiservercel.NewMapType(d.of(typ.Key()), d.of(typ.Elem()), unbounded)
	case reflect.Struct:
		return d.object(typ)
	default:
		return apiservercel.DynType
	}
}

// object declares a struct. It is known before its fields are, since types may contain
// themselves.
func (d *declarations) object(typ reflect.Type) *apiservercel.DeclType {
	fields := map[string]*apiservercel.DeclField{}
	declared := apiservercel.NewObjectType(nameOf(typ), fields)
	d.known[typ] = declared
	d.fields(typ, fields)
	return declared
}

// fields adds the fields of a struct, and those of embedded structs that have no name in
// JSON.
func (d *declarations) fields(typ reflect.Type, into map[string]*apiservercel.DeclField) {
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case name == "" && (f.Anonymous || strings.Contains(options, "inline")):
			d.fields(f.Type, into)
		default:
			into[name] = apiservercel.NewDeclField(name, d.of(f.Type), !strings.Contains(options, "omitempty"), nil, nil)
		}
	}
}

// nameOf is a name as messages about types show it: core.v1.PodSpec.
func nameOf(typ reflect.Type) string {
	parts := strings.Split(typ.PkgPath(), "/")
	return strings.Join(append(parts[max(0, len(parts)-2):], typ.Name()), ".")
}
