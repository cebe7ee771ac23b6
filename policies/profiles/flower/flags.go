package flower

import (
	"net"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// The flags that the profile knows by name. Source of all flags: the parsers in
// superlink/cli/flower_superlink.py, supernode/cli/flower_supernode.py and
// supercore/cli/flower_superexec.py, 1.36.0 and 1.42.0.
const (
	flagInsecure  = "--insecure"
	flagIsolation = "--isolation"
	flagHost      = "--host"
	flagSuperLink = "--superlink"
	flagRuntime   = "--runtime-api-address"
	flagTrusted   = "--trusted-entities"
	flagSecret    = "--superexec-auth-secret-file"
)

// flag is an argument and its value, "" if it has none.
type flag struct {
	name, value string
	// file is a file of local/: with it, the argument must be there, and without it must not.
	file string
}

// Values of flags that are not the same for all participants. No argument is like them.
const (
	// byKit is an address that the participant's kit gives.
	byKit = "\x00by kit"
	// count is any number.
	count = "\x00count"
)

// flagsOf reads arguments as the facts write them.
func flagsOf(arguments []string) []flag {
	var all []flag
	for i := 0; i < len(arguments); i++ {
		f := flag{name: arguments[i]}
		if i+1 < len(arguments) && !strings.HasPrefix(arguments[i+1], "--") {
			i++
			f.value = arguments[i]
		}
		all = append(all, f)
	}
	return all
}

// cutName splits the name of a process into its program and where it runs apps.
func cutName(name string) (program, where string, found bool) { return strings.Cut(name, " ") }

// wants is the value that a flag must have for a participant.
func (f *flag) wants(id *profiles.Identity) string {
	switch {
	case f.value != byKit:
		return f.value
	case f.name == flagSuperLink:
		return net.JoinHostPort(id.Server.Host, strconv.Itoa(id.Server.Port))
	}
	return flower.RuntimeService(id.Object)
}

// isCount says whether a value is a number from 0 to 1,000,000 in its usual spelling.
func isCount(value string) bool {
	n, err := strconv.ParseUint(value, 10, 32)
	return err == nil && n <= 1_000_000 && value == strconv.FormatUint(n, 10)
}

// why says what an argument is for, where its lack is a risk.
func why(name string) string {
	switch name {
	case "--enable-supernode-auth":
		return ": without it, any SuperNode may join"
	case "--auth-supernode-private-key":
		return ": without the node's key, anyone could take its place"
	case "--database":
		return ": in memory, the SuperLink would lose which SuperNodes are registered when it restarts"
	case "--disable-runtime-dependency-installation":
		return ": without it, apps install packages from the internet"
	case "--root-certificates":
		return ": without it, any server with a public certificate would be accepted"
	case flagTrusted:
		return ": local/ lists trusted entities, and without the argument, the SuperNode would run the apps of all others too"
	case flagSecret:
		return ": without it, other processes could get the tokens of tasks"
	}
	return ""
}
