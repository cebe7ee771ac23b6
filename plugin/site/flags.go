package site

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/distribution/reference"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/samples"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// flags are what add and request have in common.
type flags struct {
	Policy, PolicyName  string
	Sample              string
	RootFingerprints    []string
	Participants        []string
	Images              []string
	PullSecrets         []string
	Variables           []string
	CABundles           []string
	ServerAddresses     map[string]string
	KitClaims           []string
	InteractiveRoles    []string
	Admins, AdminGroups []string
	Scientists          []string
	ScientistGroups     []string
	ServerNamespaces    []string
	ServerCIDRs         []string
	ServerPorts         []int
	HostsServer         bool
	DNSCIDRs            []string
	APIServers          []string
	OtherPods           string

	known Known
	// changed says whether a flag is given.
	changed func(string) bool
}

// exampleImage is an image as --image takes it.
func exampleImage(known *workloads.Registry) string { return known.ExampleImage() + "@sha256:…" }

func (f *flags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.Policy, "policy", "f", "", "File with the SitePolicy")
	f.changed = fs.Changed
	fs.StringVar(&f.Sample, "sample", "", "Sample to create the SitePolicy from: "+workloads.Or(samples.Names())+". --root-fingerprint, --participant and --image take the place of its examples")
	_ = cmd.RegisterFlagCompletionFunc("sample", cobra.FixedCompletions(samples.Names(), cobra.ShellCompDirectiveNoFileComp))
	fs.StringVar(&f.PolicyName, "policy-name", "", "Name of an existing SitePolicy, or of the one to create from the other flags; the default for a new one is the namespace's name")
	fs.StringArrayVar(&f.RootFingerprints, "root-fingerprint", nil, "SHA-256 fingerprint of a federation's root certificate; get it from the project lead, not from the kit; may be given more than once")
	fs.StringArrayVar(&f.Participants, "participant", nil, "Participant whose kit may run in the namespace; may be given more than once")
	fs.StringArrayVar(&f.Images, "image", nil, "Image that participants may run, by digest: REPOSITORY[:TAG]@sha256:…; may be given more than once")
	fs.StringArrayVar(&f.PullSecrets, "image-pull-secret", nil, "Secret with which participants may pull images, or {participant}-dockercfg-* for those that OpenShift adds; may be given more than once")
	fs.StringArrayVar(&f.Variables, "allow-env", nil, "Variable that containers of participants may have besides those of their framework, such as HTTPS_PROXY; may be given more than once")
	fs.StringArrayVar(&f.CABundles, "allow-ca-bundle", nil, "ConfigMap with authorities that programs of participants may trust besides the root of the kit; may be given more than once")
	fs.StringToStringVar(&f.ServerAddresses, "server-address", nil, "Name that participants dial and its IP address, as HOST=IP, for an FL server outside of the cluster whose name DNS does not have; may be given more than once")
	fs.StringArrayVar(&f.KitClaims, "kit-claim", nil, "PersistentVolumeClaim that may hold kits too large for a Secret; may be given more than once")
	fs.StringArrayVar(&f.InteractiveRoles, "interactive-role", nil, "Role whose pods are open to exec, attach and port-forward"+f.roles()+"; may be given more than once")
	fs.StringArrayVar(&f.Admins, "admin", nil, "User who is site admin of the namespace; may be given more than once")
	fs.StringArrayVar(&f.AdminGroups, "admin-group", nil, "Group whose users are site admins; may be given more than once")
	fs.StringArrayVar(&f.Scientists, "scientist", nil, "User who may submit jobs in the namespace; may be given more than once")
	fs.StringArrayVar(&f.ScientistGroups, "scientist-group", nil, "Group whose users may submit jobs; may be given more than once")
	fs.StringArrayVar(&f.ServerNamespaces, "server-namespace", nil, "Namespace of this cluster in which the FL server runs; may be given more than once")
	fs.StringArrayVar(&f.ServerCIDRs, "server-cidr", nil, "Address range of an FL server outside the cluster, such as 203.0.113.7/32; may be given more than once")
	fs.IntSliceVar(&f.ServerPorts, "server-port", nil, "Ports on which participants connect to the FL server; the default are the usual ones of the policy's frameworks")
	fs.StringArrayVar(&f.DNSCIDRs, "dns-cidr", nil, "Address range of DNS that is not in pods of the cluster's DNS, such as that of a cache on each node: 169.254.20.10/32; may be given more than once")
	fs.StringArrayVar(&f.APIServers, "api-server", nil, "Address and port of the API server for the launchers of job pods, such as 10.0.0.1:6443; may be given more than once. 'site add' finds them in the cluster")
	fs.StringVar(&f.OtherPods, "other-pods", string(v1alpha1.OtherPodsDeny), "Whether pods that are no participants may run: Deny, or Isolated, which allows them without access to kits, data and workspaces")
	fs.BoolVar(&f.HostsServer, "hosts-server", false, "Let participants from anywhere connect to the FL server in this namespace")
}

// roles says which roles --interactive-role takes, and which of them jobs need.
func (f *flags) roles() string {
	var roles, operators []string
	for _, role := range f.known.Catalog.Profiles().Roles() {
		roles = append(roles, string(role))
	}
	for _, framework := range f.known.Workloads.WithJobs() {
		operators = append(operators, string(framework.Jobs.Operator()))
	}
	text := ": " + workloads.Or(roles)
	if operators != nil {
		text += "; 'kubectl flare job' needs " + workloads.Or(operators)
	}
	return text
}

// policy is the SitePolicy to write, and its name; the policy is nil if an existing one is
// used.
func (f *flags) policy(ctx context.Context, namespace string) (*v1alpha1.SitePolicy, string, error) {
	made := f.Sample != "" || len(f.RootFingerprints)+len(f.Participants)+len(f.Images)+len(f.KitClaims)+len(f.InteractiveRoles)+len(f.PullSecrets)+len(f.Variables)+len(f.CABundles) > 0
	switch {
	case f.Policy != "" && (made || f.PolicyName != ""):
		return nil, "", errors.New("--policy cannot be combined with --sample, --policy-name, --root-fingerprint, --participant, --image, --image-pull-secret, --allow-env, --kit-claim and --interactive-role: leave them out, and change the file instead")
	case f.Policy != "":
		p, err := source.Policy(ctx, f.Policy)
		if err != nil {
			return nil, "", fmt.Errorf("--policy: %w", err)
		}
		if err := f.valid(p); err != nil {
			return nil, "", fmt.Errorf("--policy %s: %w", f.Policy, err)
		}
		return p, p.Name, nil
	case !made && f.PolicyName != "":
		if reasons := validation.IsValidLabelValue(f.PolicyName); len(reasons) > 0 {
			return nil, "", fmt.Errorf("--policy-name %q is not a valid name: %s", f.PolicyName, reasons[0])
		}
		return nil, f.PolicyName, nil
	case !made:
		return nil, "", errors.New("no policy is given: give --policy FILE, or --root-fingerprint, --participant and --image, or --policy-name for an existing SitePolicy")
	}
	name := f.PolicyName
	if name == "" {
		name = namespace
	}
	p, err := f.makePolicy(name)
	return p, name, err
}

// valid returns what the webhook would report about a policy.
func (f *flags) valid(p *v1alpha1.SitePolicy) error {
	_, errs := policies.Compile(p, f.known.Catalog)
	return errs.ToAggregate()
}

func (f *flags) makePolicy(name string) (*v1alpha1.SitePolicy, error) {
	p, err := f.begin(name)
	if err != nil {
		return nil, err
	}
	var errs []error
	for i, fingerprint := range f.RootFingerprints {
		digits, err := pki.ParseFingerprint(fingerprint)
		if err != nil {
			errs = append(errs, fmt.Errorf("--root-fingerprint: %w", err))
		}
		p.Spec.Kits.TrustRoots = append(p.Spec.Kits.TrustRoots, v1alpha1.TrustRoot{Name: fmt.Sprintf("root-%d", i+1), SHA256: digits})
	}
	for _, image := range f.Images {
		allowed, err := parseImage(image, f.known.Workloads)
		if err != nil {
			errs = append(errs, err)
		}
		p.Spec.Images.Allowed = append(p.Spec.Images.Allowed, allowed)
	}
	p.Spec.Kits.Claims = f.KitClaims
	p.Spec.Images.PullSecrets = append(p.Spec.Images.PullSecrets, f.PullSecrets...)
	if len(f.Variables)+len(f.CABundles) > 0 {
		p.Spec.Environment = &v1alpha1.EnvironmentRule{Allowed: f.Variables, CABundles: f.CABundles}
	}
	p.Spec.Privacy.Egress = f.egress()
	for _, role := range f.InteractiveRoles {
		open := &p.Spec.Privacy.InteractiveAccess.PodRoles
		*open = append(*open, v1alpha1.Role(role))
	}
	for flag, given := range map[string]int{"root-fingerprint": len(f.RootFingerprints), "participant": len(f.Participants), "image": len(f.Images)} {
		if given == 0 {
			errs = append(errs, fmt.Errorf("--%s is missing: a policy needs --root-fingerprint, --participant and --image; give them, or give a file with --policy", flag))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, f.valid(p))
	}
	v1alpha1.SetDefaults(p)
	return p, errors.Join(errs...)
}

// begin is a policy with what does not depend on the federation: that of the sample, if one
// is given, without its examples.
func (f *flags) begin(name string) (*v1alpha1.SitePolicy, error) {
	p := &v1alpha1.SitePolicy{}
	if f.Sample != "" {
		var err error
		if p, err = samples.Read(f.Sample); err != nil {
			return nil, fmt.Errorf("--sample: %w", err)
		}
	}
	p.TypeMeta = metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion().String(), Kind: v1alpha1.Kind}
	p.Name, p.Spec.Participants = name, f.Participants
	if f.Sample == "" || f.changed("other-pods") {
		p.Spec.OtherPods = v1alpha1.OtherPods(f.OtherPods)
	}
	if len(p.Spec.Launchers) > 0 {
		p.Spec.Launchers = f.launchers()
	}
	p.Spec.Kits.TrustRoots, p.Spec.Images.Allowed = nil, nil
	if p.Spec.Privacy == nil {
		p.Spec.Privacy = &v1alpha1.PrivacyRules{}
	}
	return p, nil
}

// launchers are the ServiceAccounts that launch makes for the participants.
func (f *flags) launchers() []v1alpha1.LauncherRule {
	all := make([]v1alpha1.LauncherRule, 0, len(f.Participants))
	for _, participant := range f.Participants {
		all = append(all, v1alpha1.LauncherRule{Participant: participant, ServiceAccountName: kit.ObjectName(participant)})
	}
	return all
}

// serverPorts are the given ports, or else the usual ones of frameworks, of all if none is
// given.
func (f *flags) serverPorts(frameworks ...string) []int {
	if len(f.ServerPorts) > 0 {
		return f.ServerPorts
	}
	return f.known.Workloads.Ports(frameworks...)
}

// egress is what the NetworkPolicies of the command open.
func (f *flags) egress() *v1alpha1.EgressRule {
	ports := f.serverPorts()
	e := &v1alpha1.EgressRule{CIDRs: f.serverCIDRs(), DNS: true}
	for _, host := range slices.Sorted(maps.Keys(f.ServerAddresses)) {
		e.Servers = append(e.Servers, v1alpha1.EgressServer{Host: host, Addresses: []string{f.ServerAddresses[host]}})
	}
	for _, namespace := range f.ServerNamespaces {
		server := v1alpha1.EgressServer{Namespace: namespace}
		for _, port := range ports {
			server.Ports = append(server.Ports, int32(port)) //nolint:gosec // checkNetwork requires 1 to 65535
		}
		e.Servers = append(e.Servers, server)
	}
	return e
}

// serverCIDRs are the address ranges of servers outside of the cluster.
func (f *flags) serverCIDRs() []string {
	all := slices.Clone(f.ServerCIDRs)
	for _, host := range slices.Sorted(maps.Keys(f.ServerAddresses)) {
		ip, err := netip.ParseAddr(f.ServerAddresses[host])
		if err != nil {
			continue // checkNetwork reports it
		}
		if cidr := netip.PrefixFrom(ip, ip.BitLen()).String(); !slices.Contains(all, cidr) {
			all = append(all, cidr)
		}
	}
	return all
}

func parseImage(image string, known *workloads.Registry) (v1alpha1.AllowedImage, error) {
	parsed, err := reference.Parse(image)
	named, isNamed := parsed.(reference.Named)
	digested, isDigested := parsed.(reference.Digested)
	if err != nil || !isNamed || !isDigested {
		return v1alpha1.AllowedImage{}, fmt.Errorf("--image %q must be an image by digest, such as %s", image, exampleImage(known))
	}
	allowed := v1alpha1.AllowedImage{Repository: named.Name(), Digest: digested.Digest().String()}
	if tagged, ok := parsed.(reference.Tagged); ok {
		allowed.Tag = tagged.Tag()
	}
	return allowed, nil
}

// checkNetwork checks the flags of the network policies.
func (f *flags) checkNetwork() error {
	var errs []error
	for flag, cidrs := range map[string][]string{"server": f.ServerCIDRs, "dns": f.DNSCIDRs} {
		for _, cidr := range cidrs {
			if prefix, err := netip.ParsePrefix(cidr); err != nil || prefix != prefix.Masked() {
				errs = append(errs, fmt.Errorf("--%s-cidr %q is not an address range: give for example 203.0.113.7/32", flag, cidr))
			}
		}
	}
	for _, host := range slices.Sorted(maps.Keys(f.ServerAddresses)) {
		if _, err := netip.ParseAddr(f.ServerAddresses[host]); err != nil {
			errs = append(errs, fmt.Errorf("--server-address %s=%s is not valid: give HOST=IP, such as flserver=203.0.113.7", host, f.ServerAddresses[host]))
		}
	}
	for _, port := range f.ServerPorts {
		if port < 1 || port > 65535 {
			errs = append(errs, fmt.Errorf("--server-port %d is not a port: give a number from 1 to 65535", port))
		}
	}
	return errors.Join(errs...)
}
