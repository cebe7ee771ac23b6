package webhook

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
)

// resolvConf is where the kubelet writes how a pod resolves names.
const resolvConf = "/etc/resolv.conf"

// cluster is the cluster that the webhook runs in.
func (f *flags) cluster(resolver string) (compiled.Cluster, error) {
	c := compiled.Cluster{Domain: strings.Trim(f.domain, ".")}
	if c.Domain == "" {
		// Without the file, the domain is the usual one.
		data, _ := os.ReadFile(resolver)
		c.Domain = domainOf(string(data))
	}
	if reasons := validation.IsDNS1123Subdomain(cmp.Or(c.Domain, compiled.DefaultDomain)); len(reasons) > 0 {
		return c, fmt.Errorf("--cluster-domain %q is not valid: %s", c.Domain, reasons[0])
	}
	var err error
	c.DNS, err = parseDNS(f.dns)
	return c, err
}

// domainOf is the domain of Services in a resolv.conf that the kubelet has written, or "". Its
// search list has svc.<domain>.
func domainOf(resolver string) string {
	for line := range strings.Lines(resolver) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "search" {
			continue
		}
		for _, word := range words[1:] {
			if domain, ok := strings.CutPrefix(word, "svc."); ok {
				return strings.ToLower(strings.Trim(domain, "."))
			}
		}
	}
	return ""
}

// parseDNS reads NAMESPACE/LABEL=VALUE[,LABEL=VALUE][:PORT].
func parseDNS(text string) (compiled.DNS, error) {
	if text == "" {
		return compiled.DNS{}, nil
	}
	invalid := func(reason string) error {
		return fmt.Errorf("--cluster-dns %q is not valid: %s; give for example kube-system/k8s-app=kube-dns:53", text, reason)
	}
	namespace, rest, _ := strings.Cut(text, "/")
	if reasons := validation.IsDNS1123Label(namespace); len(reasons) > 0 {
		return compiled.DNS{}, invalid("the namespace: " + reasons[0])
	}
	d := compiled.DNS{Namespace: namespace, Labels: map[string]string{}}
	rest, ports, some := strings.Cut(rest, ":")
	for number := range strings.SplitSeq(ports, ":") {
		port, err := strconv.ParseUint(number, 10, 16)
		if some && (err != nil || port == 0) {
			return compiled.DNS{}, invalid("the port must be a number from 1 to 65535")
		}
		if some {
			d.Ports = append(d.Ports, int32(port))
		}
	}
	for label := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(label, "=")
		if reasons := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...); !ok || len(reasons) > 0 {
			return compiled.DNS{}, invalid("a label must be LABEL=VALUE")
		}
		d.Labels[key] = value
	}
	return d, nil
}
