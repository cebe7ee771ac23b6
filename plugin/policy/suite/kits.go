package suite

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// valid is how long the kits of a PolicyTest are valid.
const valid = 365 * 24 * time.Hour

// fact is the kit as if it had been verified under the policy.
func (k *Kit) fact(policy *v1alpha1.SitePolicy, now time.Time) (*policies.KitFact, error) {
	digest := k.SecretName[strings.LastIndex(k.SecretName, "-")+1:]
	if len(digest) != names.DigestDigits {
		return nil, fmt.Errorf("secretName %q must end with %d digits of the kit's digest", k.SecretName, names.DigestDigits)
	}
	f := &policies.KitFact{
		Type: facts.KitSecretType, Immutable: true, Framework: k.Framework, Version: k.Version, Participant: k.Participant,
		Role: kit.Role(k.Role), Org: k.Org, Federation: k.Federation, Serial: k.Serial, SealedBy: facts.SealKind(k.SealedBy),
		Digest: strings.Repeat(digest, 2), KeyFingerprint: strings.Repeat("0", 2*names.DigestDigits),
		Terms: acceptance.Terms{Windows: []acceptance.Window{{ID: acceptance.CheckDates, What: "the kit", NotBefore: now.Add(-time.Hour), NotAfter: now.Add(valid)}}},
	}
	if f.SealedBy == "" {
		f.SealedBy = facts.SealProject
	}
	if roots := policy.Spec.Kits.TrustRoots; len(roots) > 0 {
		f.RootFingerprint = roots[0].SHA256
	}
	if k.Server == "" {
		return f, nil
	}
	host, port, err := net.SplitHostPort(k.Server)
	if err != nil {
		return nil, fmt.Errorf("server %q must be HOST:PORT: %w", k.Server, err)
	}
	number, err := strconv.Atoi(port)
	f.Server = kit.Endpoint{Scheme: "grpc", Host: host, Port: number, ServerName: host}
	return f, err
}

// local evaluates the files of local/ under the policy, as if the policy listed them.
func (k *Kit) local(registry *frameworks.Registry, policy *v1alpha1.SitePolicy) (policies.LocalFact, error) {
	files := make(kit.Files, 0, len(k.Local))
	for _, name := range slices.Sorted(maps.Keys(k.Local)) {
		files = append(files, kit.File{Name: name, Data: []byte(k.Local[name])})
	}
	listed := policy.DeepCopy()
	listed.Spec.Kits.Local = append(listed.Spec.Kits.Local, v1alpha1.LocalRule{Participant: k.Participant, Digest: files.Digest()})
	rules, errs := acceptance.Compile(registry, &listed.Spec)
	if err := errs.ToAggregate(); err != nil {
		return policies.LocalFact{}, err
	}
	verified, findings := acceptance.AcceptLocalAnytime(acceptance.Local{
		Files: files, Owner: func(participant string) bool { return participant == k.Participant },
		Kit: &kit.Kit{Framework: k.Framework, Participant: k.Participant, Role: kit.Role(k.Role), Org: k.Org, Federation: k.Federation},
	}, rules)
	if err := findings.With(kit.StatusFail).Err(); err != nil {
		return policies.LocalFact{}, err
	}
	return policies.LocalFact{Immutable: true, Identity: verified.Identity(), Listed: true, Terms: verified.Terms(), Readings: verified.Readings()}, nil
}
