package webhook

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
)

func TestCluster(t *testing.T) {
	resolver := filepath.Join(t.TempDir(), "resolv.conf")
	require.NoError(t, os.WriteFile(resolver, []byte("# by the kubelet\nnameserver 10.0.0.10\nsearch flare-system.svc.corp.example svc.Corp.Example corp.example\noptions ndots:5\n"), 0o600))
	for name, tc := range map[string]struct {
		args     []string
		resolver string
		want     compiled.Cluster
		err      string
	}{
		"found":          {nil, resolver, compiled.Cluster{Domain: "corp.example"}, ""},
		"given":          {[]string{"--cluster-domain=other.example."}, resolver, compiled.Cluster{Domain: "other.example"}, ""},
		"no file":        {nil, resolver + "x", compiled.Cluster{}, ""},
		"no domain":      {[]string{"--cluster-domain=a_b"}, resolver, compiled.Cluster{}, `--cluster-domain "a_b" is not valid`},
		"DNS":            {[]string{"--cluster-dns=openshift-dns/dns.operator.openshift.io/daemonset-dns=default:5353"}, "", compiled.Cluster{DNS: compiled.DNS{Namespace: "openshift-dns", Labels: map[string]string{"dns.operator.openshift.io/daemonset-dns": "default"}, Ports: []int32{5353}}}, ""},
		"DNS, no port":   {[]string{"--cluster-dns=dns/a=b,c=d"}, "", compiled.Cluster{DNS: compiled.DNS{Namespace: "dns", Labels: map[string]string{"a": "b", "c": "d"}}}, ""},
		"DNS, no labels": {[]string{"--cluster-dns=dns"}, "", compiled.Cluster{}, "a label must be LABEL=VALUE"},
		"DNS, bad port":  {[]string{"--cluster-dns=dns/a=b:x"}, "", compiled.Cluster{}, "the port must be a number"},
		"DNS, nowhere":   {[]string{"--cluster-dns=/a=b"}, "", compiled.Cluster{}, "the namespace: "},
	} {
		f := &flags{}
		require.NoError(t, f.parse(append(tc.args, "--namespace=flare-system"), io.Discard), name)
		got, err := f.cluster(tc.resolver)
		if tc.err != "" {
			require.ErrorContains(t, err, tc.err, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, tc.want, got, name)
	}
}
