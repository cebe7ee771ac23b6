package clientstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

// patch is server-side apply, with managed fields and conflicts as in the API server, or a
// merge patch.
func (s *Server) patch(w http.ResponseWriter, r *http.Request, req request) {
	body, err := io.ReadAll(r.Body)
	content := map[string]any{}
	if err == nil {
		err = json.Unmarshal(body, &content)
	}
	how := types.PatchType(r.Header.Get("Content-Type"))
	if err != nil || how != types.ApplyPatchType && how != types.MergePatchType {
		s.t.Errorf("%s is a patch of kind %q: %v", r.URL, how, err)
	}
	s.mu.Lock()
	u, err := s.patched(req, how, content)
	if err != nil {
		s.mu.Unlock()
		deny(w, err)
		return
	}
	if !req.dryRun {
		s.writes = append(s.writes, fmt.Sprintf("patch %s/%s", req.plural, req.name))
		if old := s.objects[req.key()]; old == nil || !reflect.DeepEqual(old.Object, u.Object) {
			u = s.store(req.kind, u)
		}
	}
	s.mu.Unlock()
	if !req.dryRun && s.OnWrite != nil {
		s.OnWrite(u)
	}
	reply(w, http.StatusOK, u.Object)
}

func deny(w http.ResponseWriter, err error) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		status = apierrors.NewInternalError(err)
	}
	reply(w, int(status.Status().Code), withKind(status.Status()))
}

// patched is the object after the patch; s.mu is held.
func (s *Server) patched(req request, how types.PatchType, content map[string]any) (*unstructured.Unstructured, error) {
	if req.namespace != "" && s.objects[key("namespaces", "", req.namespace)] == nil {
		return nil, apierrors.NewNotFound(namespaces(), req.namespace)
	}
	old := s.objects[req.key()]
	if how == types.ApplyPatchType {
		return applied(old, &unstructured.Unstructured{Object: content}, req.query.Get("fieldManager"), req.query.Get("force") == "true")
	}
	if old == nil {
		return nil, apierrors.NewNotFound(req.groupResource(), req.name)
	}
	u := old.DeepCopy()
	merge(u.Object, content)
	return u, nil
}

// merge is a JSON merge patch (RFC 7396).
func merge(into, from map[string]any) {
	for k, v := range from {
		if v == nil {
			delete(into, k)
			continue
		}
		a, ok1 := into[k].(map[string]any)
		b, ok2 := v.(map[string]any)
		if ok1 && ok2 {
			merge(a, b)
		} else {
			into[k] = v
		}
	}
}

// applied is the live object, which may be nil, after the manager has applied the
// configuration.
func applied(live, config *unstructured.Unstructured, manager string, force bool) (*unstructured.Unstructured, error) {
	gvk := config.GroupVersionKind()
	converter := managedfields.NewDeducedTypeConverter()
	if scheme.Scheme.Recognizes(gvk) {
		converter = applyconfigurations.NewTypeConverter(scheme.Scheme)
	}
	fields, err := managedfields.NewDefaultCRDFieldManager(converter, asIs{}, asIs{}, asIs{}, gvk, gvk.GroupVersion(), "", nil)
	if err != nil {
		return nil, err
	}
	if live == nil {
		live = &unstructured.Unstructured{}
		live.SetGroupVersionKind(gvk)
		live.SetName(config.GetName())
		live.SetNamespace(config.GetNamespace())
	}
	after, err := fields.Apply(live.DeepCopy(), config, manager, force)
	if err != nil {
		return nil, err
	}
	u, ok := after.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("%T is not unstructured", after)
	}
	return u, nil
}

// asIs tells the field manager that every kind has one version and no defaults.
type asIs struct{}

func (asIs) Default(runtime.Object) {}

func (asIs) New(gvk schema.GroupVersionKind) (runtime.Object, error) {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(gvk)
	return u, nil
}

func (asIs) Convert(in, out, _ any) error { return fmt.Errorf("%T does not become %T", in, out) }

func (asIs) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}

func (asIs) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
