package battery

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	corev1 "k8s.io/api/core/v1"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// kitDescription is a kit in testdata/kits.yaml. The defaults are a valid one.
type kitDescription struct {
	Participant string   `json:"participant"`
	Org         string   `json:"org"`
	Role        kit.Role `json:"role"`
	// Framework is another one than NVFLARE, in the version Version.
	Framework string `json:"framework,omitempty"`
	Version   string `json:"version,omitempty"`
	// Federation is another one than the policy's where it is set.
	Federation string `json:"federation,omitempty"`
	// Family is the range of NVFLARE's versions that the kit is of, by default the latest.
	Family string `json:"family,omitempty"`
	// Dates are valid, expired or future.
	Dates string `json:"dates,omitempty"`
	// Seal is by lead, which is the default, it-security, outsider or
	// participant; or none. LocalSeal is that of local/, by default the same; startup
	// means that of startup/, and another kit's name that of its local/.
	Seal      string `json:"seal,omitempty"`
	LocalSeal string `json:"localSeal,omitempty"`
	Serial    int64  `json:"serial,omitempty"`
	// LocalSerial is the serial of the seal of local/, by default the same.
	LocalSerial int64 `json:"localSerial,omitempty"`
	// Local are files of local/ besides the usual ones, before they are sealed.
	Local map[string]string `json:"local,omitempty"`
	// Config is a merge patch of the configuration file in startup/.
	Config json.RawMessage `json:"config,omitempty"`
	// Change is a file that changes after the kit was sealed.
	Change string `json:"change,omitempty"`
	// Volume is the claim that it is on, where it is in no Secret.
	Volume string `json:"volume,omitempty"`
}

// KitImage is flare-kit's in all cases.
const KitImage = "registry.example.org/flare-kit@sha256:6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d6d"

// kits are all kits of a run.
type kits struct {
	l           *loader
	federations map[string]*kittest.Federation
	flower      map[string]*flowertest.Federation
	sealers     map[string]*kittest.Sealer
	made        map[string]*kit.Kit
	described   map[string]kitDescription
}

const pinned = "cancer"

func (l *loader) newKits() *kits {
	l.t.Helper()
	k := &kits{l: l, federations: map[string]*kittest.Federation{}, flower: map[string]*flowertest.Federation{}, sealers: map[string]*kittest.Sealer{}, made: map[string]*kit.Kit{}}
	k.federation(pinned)
	for _, name := range []string{"it-security", "outsider"} {
		k.sealers[name] = kittest.NewSealer(l.t, name)
	}
	var all map[string]kitDescription
	if err := sigsyaml.UnmarshalStrict(l.render(filepath.Join(l.dir, "kits.yaml"), ""), &all); err != nil {
		l.t.Fatalf("kits.yaml: %v", err)
	}
	k.described = all
	for name := range all {
		k.kit(name)
	}
	return k
}

// federation has a root that outlives every kit, so that a kit can be old.
func (k *kits) federation(name string) *kittest.Federation {
	if f, ok := k.federations[name]; ok {
		return f
	}
	f := kittest.NewFederation(k.l.t, name, kittest.WithDates(time.Now().AddDate(-3, 0, 0), time.Now().AddDate(3, 0, 0)),
		kittest.WithAddress("server1.fl-server.svc.cluster.local", 8002))
	k.federations[name] = f
	k.sealers["lead of "+name] = f.Sealer("lead")
	return f
}

func (k *kits) make(d kitDescription) *kit.Kit {
	if d.Framework == flower.Name {
		return k.makeFlower(d)
	}
	f, federation := k.federation(pinned), pinned
	if d.Federation != "" {
		f, federation = k.federation(d.Federation), d.Federation
	}
	from := map[string]time.Time{"": time.Now().Add(-time.Hour), "expired": time.Now().AddDate(-2, 0, 0), "future": time.Now().AddDate(1, 0, 0)}[d.Dates]
	one := participant(f, d, kittest.WithDates(from, from.Add(kittest.Validity)), kittest.WithFamily(cmp.Or(d.Family, nvflare.Family28)))
	for name, content := range d.Local {
		one.With("local/"+name, []byte(content))
	}
	if d.Config != nil {
		file := kit.StartupDir + "/" + nvflare.Config(d.Role)
		changed, err := jsonpatch.MergePatch(one.File(file), d.Config)
		if err != nil {
			k.l.t.Fatal(err)
		}
		one.With(file, changed)
	}
	k.seal(one, d, f, k.sealers["lead of "+federation])
	if d.Change != "" {
		one.With(d.Change, append(one.File(d.Change), '\n'))
	}
	return k.placed(one.Read(), d)
}

// seal makes both seals of a kit.
func (k *kits) seal(one *kittest.Kit, d kitDescription, f *kittest.Federation, lead *kittest.Sealer) {
	serial := func(values ...int64) func(*kit.SealOptions) {
		return func(o *kit.SealOptions) { o.Serial = cmp.Or(append(values, 7)...) }
	}
	switch d.Seal {
	case "none":
	case "", "lead":
		one.SealStartup(k.l.t, lead, serial(d.Serial))
	case "participant":
		// Every member has a certificate of the root; none of them may seal.
		one.SealStartup(k.l.t, k.sealers["outsider"], serial(d.Serial)).With(kit.SealCertificateFile, f.Client("member", "org").File("startup/client.crt"))
	default:
		one.SealStartup(k.l.t, k.sealers[d.Seal], serial(d.Serial))
	}
	local := serial(d.LocalSerial, d.Serial)
	switch by := cmp.Or(d.LocalSeal, d.Seal, "lead"); by {
	case "none":
	case "lead":
		one.SealLocal(k.l.t, lead, local)
	case "participant":
		certificates := append(f.Client("member", "org").File("startup/client.crt"), pki.EncodeCertificate(f.Root)...)
		one.SealLocal(k.l.t, k.sealers["outsider"], local).With(kit.LocalSealCertificateFile, certificates)
	case "startup":
		one.With(kit.LocalSealFile, one.File(kit.SealFile)).With(kit.LocalSealCertificateFile, append(one.File(kit.SealCertificateFile), pki.EncodeCertificate(f.Root)...))
	default:
		if sealer, ok := k.sealers[by]; ok {
			one.SealLocal(k.l.t, sealer, local)
			return
		}
		other := k.kit(by).LocalSeal
		one.With(kit.LocalSealFile, other.Envelope).With(kit.LocalSealCertificateFile, other.Certificate)
	}
}

// placed is the kit as it is delivered.
func (k *kits) placed(one *kit.Kit, d kitDescription) *kit.Kit {
	if d.Volume == "" {
		return one
	}
	delivered, err := one.On(kit.Volume{ClaimName: d.Volume, SubPath: one.Folder(kit.ObjectName(d.Participant))})
	if err != nil {
		k.l.t.Fatal(err)
	}
	return delivered
}

func participant(f *kittest.Federation, d kitDescription, options ...kittest.Option) *kittest.Kit {
	switch d.Role {
	case nvflare.RoleServer:
		return f.ServerWith(d.Participant, d.Org, []string{d.Participant, "server1.fl-server.svc.cluster.local"}, options...)
	case nvflare.RoleAdmin:
		return f.Admin(d.Participant, d.Org, "lead", options...)
	case kit.RoleClient:
	}
	return f.Client(d.Participant, d.Org, options...)
}

// kit gives a kit by its name in kits.yaml. It makes each of them once.
func (k *kits) kit(name string) *kit.Kit {
	if one, ok := k.made[name]; ok {
		return one
	}
	d, ok := k.described[name]
	if !ok {
		k.l.t.Fatalf("kits.yaml has no kit %q", name)
	}
	k.made[name] = k.make(d)
	return k.made[name]
}

// objects are the Secret and the ConfigMap that inject makes.
func (k *kits) objects(namespace, name string) (*corev1.Secret, *corev1.ConfigMap) {
	k.l.t.Helper()
	objects, err := workloads.KitForm(namespace, k.kit(name))
	if err != nil {
		k.l.t.Fatal(err)
	}
	// A claim comes before them where the kit is on a volume.
	last := len(objects) - 1
	secret, ok := objects[last-1].(*corev1.Secret)
	local, ok2 := objects[last].(*corev1.ConfigMap)
	if !ok || !ok2 {
		k.l.t.Fatalf("a kit's objects are %T and %T", objects[last-1], objects[last])
	}
	return secret, local
}

// functions are what files say between << and >>.
func (k *kits) functions() template.FuncMap {
	return template.FuncMap{
		"secret":      func(one string) string { return kit.SecretName(k.kit(one)) },
		"local":       func(one string) string { return kit.ConfigMapName(k.kit(one)) },
		"digest":      func(one string) string { return k.kit(one).Digest() },
		"localDigest": func(one string) string { return k.kit(one).LocalDigest() },
		"object":      func(one string) string { return kit.ObjectName(k.kit(one).Participant) },
		"server": func(one string) string {
			to := k.kit(one).Server
			return net.JoinHostPort(to.Host, strconv.Itoa(to.Port))
		},
		"serial":    func(one string) string { return k.kit(one).Certificate.SerialNumber.Text(16) },
		"root":      func() string { return pki.Fingerprint(k.federation(pinned).Root) },
		"rootOf":    func(one string) string { return pki.Fingerprint(k.kit(one).Root) },
		"publicKey": func(sealer string) string { return strings.ReplaceAll(k.sealers[sealer].PublicKey(k.l.t), "\n", `\n`) },
		"keyOf": func(one string) string {
			sum := sha256.Sum256(k.kit(one).Certificate.RawSubjectPublicKeyInfo)
			return hex.EncodeToString(sum[:])
		},
		// file is a file of a kit's startup/ in base64.
		"file": func(one, name string) (string, error) {
			for _, f := range k.kit(one).Startup {
				if f.Name == name {
					return base64.StdEncoding.EncodeToString(f.Data), nil
				}
			}
			return "", fmt.Errorf("kit %s has no %s", one, name)
		},
		// later is a time after the start of the run, or before it, as in RFC 3339.
		"later": func(after string) (string, error) {
			d, err := time.ParseDuration(after)
			return k.l.started.Add(d).UTC().Format(time.RFC3339), err
		},
		// hash8 are the digits that NVFLARE's launcher appends to a site's name.
		"hash8": func(site string) string {
			sum := sha256.Sum256([]byte(site))
			return hex.EncodeToString(sum[:])[:8]
		},
	}
}
