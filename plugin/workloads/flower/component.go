package flower

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// checkComponent checks what can be known here of a component, which is MODULE:ATTRIBUTE: Flower looks
// for the attribute when it bundles the app. A module of which the folder has no part may be in the
// image. Source: validate in
// flwr/supercore/object_ref.py, 1.36.0 and 1.42.0.
func checkComponent(folder fs.FS, field, component string) error {
	module, attribute, ok := strings.Cut(component, ":")
	if !ok || module == "" || attribute == "" {
		return fmt.Errorf("the app cannot be bundled: %s of %s is %q: it must be MODULE:ATTRIBUTE, such as server:app", field, projectFile, component)
	}
	file := strings.ReplaceAll(module, ".", "/")
	first, _, _ := strings.Cut(file, "/")
	if !isThere(folder, first) && !isThere(folder, first+".py") || isThere(folder, file+".py") || isThere(folder, file) {
		return nil
	}
	return fmt.Errorf("the app cannot be bundled: %s of %s names the module %s, but the app has no file %s", field, projectFile, module, path.Clean(file)+".py")
}

func isThere(folder fs.FS, name string) bool {
	_, err := fs.Stat(folder, name)
	return err == nil
}
