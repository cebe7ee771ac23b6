package kit

import (
	"fmt"
	"io"
	"strings"
	"time"

	"k8s.io/cli-runtime/pkg/printers"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// writeText prints the kit for people, in the form of `kubectl describe`.
func (k *StartupKit) writeText(out io.Writer) error {
	w := printers.GetNewTabWriter(out)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, name+":\t"+format+"\n", args...) }
	line("Participant", "%s", k.Participant)
	line("Role", "%s", k.Role)
	if k.AdminRole != "" {
		line("Admin Role", "%s", k.AdminRole)
	}
	line("Federation", "%s", k.Federation)
	line("Organization", "%s", orNone(k.Org))
	line("NVFLARE", "%s", k.Family)
	k.writeServer(line)
	line("Connection", "%s", k.ConnectionSecurity)
	line("Certificate", "%s", k.Certificate.validity())
	line("Root Certificate", "%s", k.Root.validity())
	line("Root Fingerprint", "sha256:%s", k.Root.Fingerprint)
	if k.Seal != nil {
		line("Seal", "%s (not checked here)", k.Seal)
	} else {
		line("Seal", "<none>")
	}
	line("Kit Digest", "sha256:%s", k.Digest)
	line("Object Name", "%s", k.Objects.Participant)
	line("Secret", "%s", k.Objects.Secret)
	line("ConfigMap", "%s", k.Objects.ConfigMap)
	writeFiles(w, "startup/", k.Startup)
	writeFiles(w, "local/", k.Local)
	return w.Flush()
}

func (k *StartupKit) writeServer(line func(string, string, ...any)) {
	if k.Role == kit.RoleServer {
		line("Listens", "%s, port %d", k.Server.Scheme, k.Server.Port)
		line("Server Names", "%s", orNone(strings.Join(k.ServerNames, ", ")))
		return
	}
	line("Dials", "%s://%s", k.Server.Scheme, hostPort(k.Server))
	line("Server", "%s", k.Server.ServerName)
}

// validity says from when until when, and how long that still is.
func (c Certificate) validity() string {
	left := count(c.DaysLeft, "day") + " left"
	if c.DaysLeft < 0 {
		left = "EXPIRED"
	}
	return fmt.Sprintf("%s until %s (%s)", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly), left)
}

func writeFiles(w io.Writer, dir string, files []File) {
	fmt.Fprintf(w, "%s:\t%s\n", dir, count(len(files), "file"))
	for _, f := range files {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, count(f.Size, "byte"))
	}
}

func orNone(text string) string {
	if text == "" {
		return "<none>"
	}
	return text
}
