package kit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"k8s.io/cli-runtime/pkg/printers"
)

// writeText prints the kit for people, in the form of `kubectl describe`.
func (k *StartupKit) writeText(out io.Writer) error {
	w := printers.GetNewTabWriter(out)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, name+":\t"+format+"\n", args...) }
	line("Participant", "%s", k.Participant)
	line("Role", "%s", k.Role)
	line("Federation", "%s", k.Federation)
	line("Organization", "%s", orNone(k.Org))
	line("Framework", "%s", strings.Join(strings.Fields(k.title+" "+k.Family+" "+k.Version), " "))
	k.writeServer(line)
	for _, a := range k.Attributes {
		line(a.Name, "%s", a.Value)
	}
	if k.Certificate != nil && k.Root != nil {
		line("Certificate", "%s", k.Certificate.validity())
		line("Root Certificate", "%s", k.Root.validity())
		line("Root Fingerprint", "sha256:%s", k.Root.Fingerprint)
	}
	line("Key Fingerprint", "sha256:%s", k.KeyFingerprint)
	writeSealLine(line, "Seal", k.Seal)
	writeSealLine(line, "Local Seal", k.LocalSeal)
	line("Kit Digest", "sha256:%s", k.Digest)
	line("Local Digest", "sha256:%s", k.LocalDigest)
	line("Object Name", "%s", k.Objects.Participant)
	line("Secret", "%s", k.Objects.Secret)
	line("ConfigMap", "%s", k.Objects.ConfigMap)
	writeFiles(w, "startup/", k.Startup)
	writeFiles(w, "local/", k.Local)
	return w.Flush()
}

func writeSealLine(line func(string, string, ...any), name string, s *Seal) {
	if s != nil {
		line(name, "%s (not verified)", s)
	} else {
		line(name, "<none>")
	}
}

func (k *StartupKit) writeServer(line func(string, string, ...any)) {
	if len(k.Ports) > 0 {
		var ports []string
		for _, p := range k.Ports {
			ports = append(ports, strconv.Itoa(p.Number))
		}
		line("Listens", "%s, port %s", k.Server.Scheme, strings.Join(ports, " and "))
		line("Server Names", "%s", orNone(strings.Join(k.ServerNames, ", ")))
		return
	}
	if k.Relay != nil {
		line("Dials", "%s, the relay %s", k.Relay.URL(), k.Relay.ServerName)
	} else {
		line("Dials", "%s", k.Server.URL())
	}
	line("Server", "%s", orNone(k.Server.ServerName))
}

// validity is the first day, the last day, and the days left.
func (c *Certificate) validity() string {
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
