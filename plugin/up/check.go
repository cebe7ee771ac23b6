package up

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/distribution/reference"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// check reports what does not fit together: the file, the kits, and the images.
func (o *Options) check(f *federation.Federation, all []member, r *federation.Report) {
	checkIdentity(f, all, r)
	checkTwice(all, r)
	checkGovern(all, r)
	checkServer(all, r)
	for _, m := range all {
		if m.apart {
			continue
		}
		if m.Image == "" {
			r.Add(m.at+".image", "(%s) is missing: give the image here, in spec.defaults or with --image", m.Name)
		}
		if m.kit == nil && m.dir != "" {
			continue // its kit is reported
		}
		for _, image := range append([]string{m.Image}, images(m)...) {
			checkVersion(f, m, image, r)
		}
	}
	if o.OnlyOrg != "" && !slices.ContainsFunc(all, func(m member) bool { return !m.apart }) {
		r.Add("spec.participants", "has no participant of the organization %q that runs in pods: --only-org takes one of %s", o.OnlyOrg, strings.Join(orgs(all), ", "))
	}
}

func orgs(all []member) []string {
	var found []string
	for _, m := range all {
		if m.Org != "" {
			found = append(found, m.Org)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func images(m member) []string {
	var all []string
	for _, image := range m.Images {
		all = append(all, image)
	}
	return all
}

// checkIdentity compares the kits with what the file says.
func checkIdentity(f *federation.Federation, all []member, r *federation.Report) {
	for _, m := range all {
		if m.kit == nil {
			continue
		}
		for _, one := range []struct{ path, what, file, kit string }{
			{m.at + ".kit", "participant", m.Name, m.kit.participant},
			{m.at + ".role", "role", string(m.Role), string(m.kit.role)},
			{m.at + ".org", "organization", m.Org, m.kit.org},
			{"metadata.name", "federation", f.Name, m.kit.federation},
			{"spec.framework.name", "framework", f.Spec.Framework.Name, m.kit.framework},
		} {
			if one.file != "" && one.kit != "" && one.file != one.kit {
				r.Add(one.path, "does not fit the kit %s: its %s is %q, not %q", m.dir, one.what, one.kit, one.file)
			}
		}
	}
}

// checkTwice finds participants with the same kit, or with objects of the same name.
func checkTwice(all []member, r *federation.Report) {
	keys, objects := map[string]string{}, map[string]string{}
	for _, m := range all {
		if m.kit != nil {
			if other, twice := keys[m.kit.key]; twice {
				r.Add(m.at+".kit", "(%s) is the kit of %s too: each participant has a kit of its own", m.Name, other)
			}
			keys[m.kit.key] = m.Name
		}
		if m.apart {
			continue
		}
		object := strings.Join([]string{m.Context, m.Namespace, kit.ObjectName(m.Name)}, "/")
		if other, twice := objects[object]; twice && other != m.Name {
			r.Add(m.at+".namespace", "(%s) has objects with the same names as those of %s: give them different namespaces", m.Name, other)
		}
		objects[object] = m.Name
	}
}

// checkServer finds a server that others do not reach, since they dial another name.
func checkServer(all []member, r *federation.Report) {
	i := slices.IndexFunc(all, func(m member) bool { return m.Role == kit.RoleServer })
	if i < 0 {
		return
	}
	server := all[i]
	var dialed []string
	for _, m := range all {
		if m.kit == nil || m.Role == kit.RoleServer {
			continue
		}
		host := m.kit.server.Host
		if m.Role == kit.RoleClient {
			dialed = append(dialed, net.JoinHostPort(host, strconv.Itoa(m.kit.server.Port)))
		}
		if server.kit != nil && len(server.kit.serverNames) > 0 && !slices.Contains(server.kit.serverNames, host) {
			r.Add(m.at+".kit", "(%s) dials %s, which the certificate of %s does not cover: it covers %s", m.Name, host, server.Name, strings.Join(server.kit.serverNames, ", "))
		}
	}
	slices.Sort(dialed)
	dialed = slices.Compact(dialed)
	if server.Address != "" && len(dialed) > 0 && !slices.Contains(dialed, server.Address) {
		r.Add(server.at+".address", "(%s) is %s, which no client's kit dials: the kits dial %s", server.Name, server.Address, strings.Join(dialed, ", "))
	}
}

// checkVersion compares the tag of an image with the version of the kit. Participants of
// another minor version do not work. Of an image whose tag has no version, such as one by its
// digest, spec.framework.version says which one it has.
func checkVersion(f *federation.Federation, m member, image string, r *federation.Report) {
	said, saidErr := semver.NewVersion(f.Spec.Framework.Version)
	tag, what := tagged(image), image
	switch {
	case tag == nil && saidErr != nil:
		return
	case tag == nil: // such as an image by its digest
		tag, what = said, image+", of spec.framework.version "+f.Spec.Framework.Version
	case saidErr == nil && !sameMinor(said, tag):
		r.Add(m.at+".image", "(%s) is %s, but spec.framework.version is %s: use an image of %d.%d", m.Name, image, f.Spec.Framework.Version, said.Major(), said.Minor())
		return
	}
	if m.kit == nil {
		return
	}
	if want, err := semver.NewVersion(m.kit.version); err == nil && !sameMinor(want, tag) {
		r.Add(m.at+".image", "(%s) is %s, but the kit is of %s: use an image of %d.%d, or make the kits again", m.Name, what, m.kit.version, want.Major(), want.Minor())
		return
	}
	if m.kit.version == "" && !inFamily(m.kit.family, tag) {
		r.Add(m.at+".image", "(%s) is %s, but the kit is of version %s: use an image of that, or make the kits again", m.Name, what, m.kit.family)
	}
}

func sameMinor(a, b *semver.Version) bool { return a.Major() == b.Major() && a.Minor() == b.Minor() }

// inFamily says whether a version may be in a kit's family: "2.7" is one minor version,
// "2.8+" that and later ones, "2.6-" that and earlier ones. A family of another form has all.
func inFamily(family string, v *semver.Version) bool {
	last := strings.TrimRight(family, "+-")
	minor, err := semver.NewVersion(last)
	if err != nil || last == "" {
		return true
	}
	after := v.Major() > minor.Major() || v.Major() == minor.Major() && v.Minor() > minor.Minor()
	switch {
	case sameMinor(minor, v):
		return true
	case strings.HasSuffix(family, "+"):
		return after
	case strings.HasSuffix(family, "-"):
		return !after
	}
	return false
}

// tagged is the version that the tag of an image begins with; nil if it begins with none.
func tagged(image string) *semver.Version {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return nil
	}
	tag, ok := named.(reference.Tagged)
	if !ok {
		return nil
	}
	match := tagVersion.FindStringSubmatch(tag.Tag())
	if match == nil {
		return nil
	}
	v, err := semver.NewVersion(match[1])
	if err != nil {
		return nil
	}
	return v
}

// mirrored is an image in the mirror of its registry.
func mirrored(image, mirror string) (string, error) {
	if mirror == "" || image == "" {
		return image, nil
	}
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return "", fmt.Errorf("%q is not the name of an image: %w", image, err)
	}
	return strings.TrimSuffix(mirror, "/") + "/" + strings.TrimPrefix(named.String(), reference.Domain(named)+"/"), nil
}
