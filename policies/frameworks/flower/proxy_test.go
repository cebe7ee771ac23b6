package flower

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func configuration(t *testing.T, version string, s Spec) string {
	t.Helper()
	s.Version, s.Control = version, "control.example.org:19093"
	text := string(proxyConfiguration(&s))
	require.NotEmpty(t, text)
	require.NotContains(t, text, "{host}")
	return text
}

// subjects is the pattern of subjects in a configuration, as nginx reads the quoted word.
func subjects(t *testing.T, text string) *regexp.Regexp {
	t.Helper()
	found := regexp.MustCompile(`(?m)^ *"~(.*)" 1;$`).FindStringSubmatch(text)
	require.Len(t, found, 2)
	return regexp.MustCompile(strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(found[1]))
}

// nginx writes a subject as in RFC 2253.
func TestSubjectsThatOpenTheControlAPI(t *testing.T) {
	for _, version := range []string{"1.36.0", "1.42.0"} {
		admins := subjects(t, configuration(t, version, Spec{Role: RoleServer}))
		for subject, opens := range map[string]bool{
			"OU=admin,O=hospital_a,CN=lead@hospital-a.org": true,
			"CN=lead,OU=admin,O=Hospital A":                true,
			`CN=lead,OU=admin,O=H\C3\B4pital`:              true,
			"OU=admin":                                     true,
			"":                                             false,
			"CN=site-1,OU=client,O=x":                      false,
			"CN=admin,OU=client,O=x":                       false,
			"CN=x,OU=administrator":                        false,
			"CN=x,XOU=admin":                               false,
			`CN=site-1\,OU=admin,OU=client,O=x`:            false,
			`CN=site-1\\,OU=admin,O=x`:                     false,
			`CN="x,OU=admin",OU=client`:                    false,
			"CN=x+OU=admin,O=x":                            false,
			"CN=x,OU=admin+CN=y":                           false,
			"CN=a=b,OU=admin":                              false,
		} {
			require.Equal(t, opens, admins.MatchString(subject), "%s: %q", version, subject)
		}
	}
}

// Each configuration has the ports of the facts, and every server that listens elsewhere
// than on loopback passes on one API only.
func TestPortsOfProxies(t *testing.T) {
	listen := regexp.MustCompile(`listen ([0-9.:]+)`)
	for _, tc := range []struct {
		version string
		spec    Spec
		want    []string
		passes  string
	}{
		{"1.36.0", Spec{Role: RoleServer}, []string{strconv.Itoa(ControlPort)}, "grpcs://" + local(LoopbackControlPort)},
		{"1.42.0", Spec{Role: RoleServer}, []string{strconv.Itoa(FleetPort), strconv.Itoa(ControlPort)}, "https://" + local(LoopbackPort) + "/v1/control/"},
		{"1.36.0", Spec{Role: RoleAdmin}, []string{local(ControlPort)}, "grpcs://control.example.org:19093"},
		{"1.42.0", Spec{Role: RoleAdmin}, []string{local(ControlPort)}, "https://control.example.org:19093"},
	} {
		text := configuration(t, tc.version, tc.spec)
		var ports []string
		for _, found := range listen.FindAllStringSubmatch(text, -1) {
			ports = append(ports, found[1])
		}
		require.Equal(t, tc.want, ports)
		require.Contains(t, text, tc.passes)
		if tc.spec.Role == RoleServer {
			require.Equal(t, len(ports), strings.Count(text, "location / { return 404; }"))
			require.Equal(t, 1, strings.Count(text, "ssl_verify_client on;"))
		}
	}
}

// Kubernetes expands $(…) in arguments.
func TestScriptsAreArguments(t *testing.T) {
	for _, script := range []string{RegisterScript, AdminScript} {
		require.NotEmpty(t, script)
		require.NotContains(t, script, "$(")
	}
	require.Contains(t, AdminScript, local(ControlPort))
	require.Contains(t, AdminScript, strconv.Itoa(AdminSeconds))
}
