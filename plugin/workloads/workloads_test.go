package workloads

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func TestParseHost(t *testing.T) {
	for host, want := range map[string]Host{
		"server1":                       {Kind: HostBare, Service: "server1"},
		"Server1":                       {Kind: HostBare, Service: "server1"},
		"server1.fl.svc":                {Kind: HostService, Service: "server1", Namespace: "fl"},
		"server1.fl.svc.cluster.local":  {Kind: HostService, Service: "server1", Namespace: "fl"},
		"server1.fl.svc.cluster.local.": {Kind: HostService, Service: "server1", Namespace: "fl"},
		"server1.fl":                    {Kind: HostExternal},
		"fl.example.org":                {Kind: HostExternal},
		"a.b.svc.example.org":           {Kind: HostExternal},
		"192.0.2.1":                     {Kind: HostExternal},
		"127.0.0.1":                     {Kind: HostLoopback},
		"::1":                           {Kind: HostLoopback},
		"localhost":                     {Kind: HostLoopback},
	} {
		if got := ParseHost(host, ""); got != want {
			t.Errorf("ParseHost(%q) = %+v, want %+v", host, got, want)
		}
	}
}

// In a cluster with another domain, the usual one is a name like any other.
func TestParseHostInAnotherDomain(t *testing.T) {
	for host, want := range map[string]Host{
		"server1.fl.svc.corp.example":  {Kind: HostService, Service: "server1", Namespace: "fl"},
		"server1.fl.svc":               {Kind: HostService, Service: "server1", Namespace: "fl"},
		"server1.fl.svc.cluster.local": {Kind: HostExternal},
	} {
		if got := ParseHost(host, "corp.example"); got != want {
			t.Errorf("ParseHost(%q) = %+v, want %+v", host, got, want)
		}
	}
	for host, want := range map[string]bool{"a.b.svc.corp.example": true, "a.b.svc.cluster.local": false, "a.b.svc": false, "fl.example.org": false, "": false} {
		if got := MayBeService(host); got != want {
			t.Errorf("MayBeService(%q) = %v", host, got)
		}
	}
}

func FuzzParseHost(f *testing.F) {
	f.Add("server1.fl.svc.cluster.local")
	f.Add("..svc")
	f.Fuzz(func(t *testing.T, host string) {
		got := ParseHost(host, "")
		if inCluster := got.Kind == HostBare || got.Kind == HostService; inCluster != (got.Service != "") {
			t.Errorf("ParseHost(%q) = %+v", host, got)
		}
		if (got.Kind == HostService) != (got.Namespace != "") {
			t.Errorf("ParseHost(%q) = %+v", host, got)
		}
	})
}

func TestRequirements(t *testing.T) {
	none := Resources{}.Requirements()
	if none.Limits != nil || none.Requests.Cpu().String() != "100m" || none.Requests.Memory().String() != "256Mi" {
		t.Errorf("no sizes given: %v", none)
	}
	given := Resources{Memory: resource.MustParse("8Gi")}.Requirements()
	if given.Limits.Memory().String() != "8Gi" || given.Requests.Memory().String() != "8Gi" {
		t.Errorf("8Gi given: %v", given)
	}
	if _, limited := given.Limits[corev1.ResourceCPU]; limited {
		t.Error("a limit on CPU, but none was given")
	}
}

func TestComponents(t *testing.T) {
	k := &kit.Kit{Framework: "toy", Role: "leaf", Participant: "Leaf_1", Federation: "playground"}
	first := Labels(k)
	worker := WithComponent(first, "worker")
	if Component(first) != "" || Component(worker) != "worker" {
		t.Errorf("components %q and %q", Component(first), Component(worker))
	}
	one, other := labels.SelectorFromSet(ComponentSelector(first)), labels.SelectorFromSet(ComponentSelector(worker))
	if one.Matches(labels.Set(worker)) || other.Matches(labels.Set(first)) || !one.Matches(labels.Set(first)) || !other.Matches(labels.Set(worker)) {
		t.Error("the selectors do not tell the workloads apart")
	}
	if Component(map[string]string{}) != "" {
		t.Error("an object without labels has a component")
	}
}

// A kit without certificates does not expire.
func TestAnnotationsWithoutCertificate(t *testing.T) {
	if end, ok := Annotations(&kit.Kit{Participant: "leaf-1"})[names.AnnotationNotAfter]; ok {
		t.Errorf("it ends at %q", end)
	}
}
