package output

import (
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/cli-runtime/pkg/printers"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// objects prints the objects that exist, for machines.
func (p *Printer) objects(streams genericiooptions.IOStreams, changes []Change) error {
	printer, err := p.printer()
	if err != nil {
		return err
	}
	var shown []runtime.Object
	for _, c := range changes {
		switch {
		case c.Object == nil:
			continue
		case p.leftOut(c.Object):
			p.noteLeftOut(streams, c)
			continue
		}
		obj, err := p.shown(c.Object)
		if err != nil {
			return err
		}
		shown = append(shown, obj)
	}
	return p.each(printer, streams.Out, shown)
}

func (p *Printer) each(printer printers.ResourcePrinter, out io.Writer, shown []runtime.Object) error {
	if p.name() == "json" {
		// One document, as in kubectl, so that jq can read it.
		list := &corev1.List{}
		list.APIVersion, list.Kind = "v1", "List"
		for _, obj := range shown {
			list.Items = append(list.Items, runtime.RawExtension{Object: obj})
		}
		return printer.PrintObj(list, out)
	}
	if p.tabular() {
		// One table, with one header.
		list := &unstructured.UnstructuredList{}
		for _, obj := range shown {
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
			if err != nil {
				return err
			}
			list.Items = append(list.Items, unstructured.Unstructured{Object: content})
		}
		return printer.PrintObj(list, out)
	}
	for _, obj := range shown {
		if err := printer.PrintObj(obj, out); err != nil {
			return err
		}
	}
	return nil
}

// leftOut says whether a manifest may not contain an object. People apply what a dry run
// prints: a Secret with sizes in place of its values could be applied, and would stay.
func (p *Printer) leftOut(obj runtime.Object) bool {
	return p.manifest() && !p.showSecrets && hasSecretData(obj)
}

// noteLeftOut says so as a comment, or beside the output if that cannot have comments.
func (p *Printer) noteLeftOut(streams genericiooptions.IOStreams, c Change) {
	const format = "%s%s in namespace %s is left out, because it has private content: give --show-secrets to print it\n"
	if p.name() == "json" {
		_, _ = fmt.Fprintf(streams.ErrOut, format, "Note: ", c.Name, c.Namespace)
		return
	}
	_, _ = fmt.Fprintf(streams.Out, format, "# ", c.Name, c.Namespace)
}

// hasSecretData says whether an object is a Secret with content. One that the webhook fills
// has none.
func hasSecretData(obj runtime.Object) bool {
	if u, ok := obj.(*unstructured.Unstructured); ok {
		data, _, _ := unstructured.NestedMap(u.Object, "data")
		text, _, _ := unstructured.NestedMap(u.Object, "stringData")
		return u.GetKind() == "Secret" && u.GetAPIVersion() == "v1" && len(data)+len(text) > 0
	}
	secret, ok := obj.(*corev1.Secret)
	return ok && len(secret.Data)+len(secret.StringData) > 0
}

// shown is the object as it may be printed.
func (p *Printer) shown(obj runtime.Object) (runtime.Object, error) {
	if p.showSecrets {
		return obj, nil
	}
	return redacted(obj)
}

// redacted is an object without the content of a Secret.
func redacted(obj runtime.Object) (runtime.Object, error) {
	if !hasSecretData(obj) {
		return obj, nil
	}
	secret := &corev1.Secret{}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, secret)
	}
	if err != nil {
		return nil, err
	}
	return workloads.Redact(secret), nil
}
