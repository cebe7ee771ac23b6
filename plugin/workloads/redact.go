package workloads

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Redact returns obj as it may be printed: in a Secret, the sizes replace the values, as
// stringData, so that the output is still a valid Secret.
func Redact(obj Object) Object {
	secret, ok := obj.(*corev1.Secret)
	if !ok {
		return obj
	}
	shown := secret.DeepCopy()
	shown.StringData = make(map[string]string, len(secret.Data))
	for name, value := range secret.Data {
		shown.StringData[name] = fmt.Sprintf("REDACTED (%d bytes)", len(value))
	}
	shown.Data = nil
	return shown
}
