package clients

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

func forbidden(message string) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "x", errors.New(message))
}

func TestExplain(t *testing.T) {
	at := where{server: "https://k8s.example.org", context: "hospital-a"}
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"namespace": {
			apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "fl"),
			`namespace "fl" does not exist in the cluster at https://k8s.example.org (kubeconfig context "hospital-a"): create it with ` + "`kubectl create namespace fl --context hospital-a`",
		},
		"another absence": {apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, "x"), `pods "x" not found`},
		"right": {
			forbidden(`User "bob" cannot create resource "deployments" in API group "apps" in the namespace "fl"`),
			`user "bob" may not create deployments.apps in namespace "fl"`,
		},
		"right in the cluster": {
			forbidden(`User "bob" cannot list resource "pods" in API group "" at the cluster scope`),
			`user "bob" may not list pods in the whole cluster`,
		},
		"quota":        {forbidden(`exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1`), "quota is exhausted: q, requested: pods=1"},
		"quota, sizes": {forbidden(`failed quota: q: must specify limits.cpu for: nvflare`), "give --cpu and --memory"},
		"an SCC":       {forbidden("unable to validate against any security context constraint: [provider restricted-v2: .containers[0].runAsUser: Invalid value: 65532: must be in the ranges: [1000700000, 1000709999]]"), "must be in the ranges: [1000700000, 1000709999]]; if it is about the user or a group, leave them to the platform with --run-as-user=platform"},
		"pod security": {forbidden(`violates PodSecurity "restricted:v1.33": privileged`), `level "restricted:v1.33" denies the pod: privileged`},
		"webhook":      {forbidden(`admission webhook "a.b" denied the request: no`), `admission webhook "a.b" denied the request: no`},
		"policy":       {forbidden(`ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`), `admission policy "p" denied the request: no`},
		"going":        {forbidden(`unable to create new content in namespace fl because it is being terminated`), "namespace is being deleted"},
		"credentials":  {apierrors.NewUnauthorized("x"), "does not accept your credentials"},
		"unreachable": {
			&url.Error{Op: "Get", URL: "https://k8s.example.org/api", Err: syscall.ECONNREFUSED},
			`cannot reach the cluster at https://k8s.example.org (kubeconfig context "hospital-a"): ` + syscall.ECONNREFUSED.Error(),
		},
		"another server": {
			&url.Error{Op: "Get", URL: "https://files.example.org/policy.yaml", Err: syscall.ECONNREFUSED},
			`Get "https://files.example.org/policy.yaml": ` + syscall.ECONNREFUSED.Error(),
		},
		"out of time": {context.DeadlineExceeded, "context deadline exceeded"},
		"busy":        {apierrors.NewTooManyRequests("x", 1), "too busy"},
		"not ours":    {errors.New("something else"), "something else"},
	} {
		t.Run(name, func(t *testing.T) {
			got := explain(tc.err, at)
			if !strings.Contains(got.Error(), tc.want) {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if !errors.Is(got, tc.err) {
				t.Error("the cluster's own error is lost")
			}
			if again := explain(fmt.Errorf("secret/x: %w", got), at); again.Error() != "secret/x: "+got.Error() && explained(got) {
				t.Errorf("explained twice: %s", again)
			}
		})
	}
}

func TestWithoutKubeconfig(t *testing.T) {
	err := explain(&url.Error{URL: "http://localhost:8080/api", Err: syscall.ECONNREFUSED}, where{server: "http://localhost:8080"})
	if !strings.Contains(err.Error(), "give --kubeconfig FILE") {
		t.Errorf("got %v", err)
	}
}

// An interruption by the user needs no explanation.
func TestInterruptionIsNotExplained(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := &url.Error{Op: "Get", URL: "x", Err: context.Canceled}
	if got := (&cluster{}).Explain(ctx, err); !errors.Is(got, err) {
		t.Errorf("got %v", got)
	}
}

func explained(err error) bool {
	var done *explainedError
	return errors.As(err, &done)
}

// The root explains the errors of every command, whatever its depth.
func TestExplainErrors(t *testing.T) {
	leaf := &cobra.Command{Use: "leaf", RunE: func(*cobra.Command, []string) error { return apierrors.NewUnauthorized("x") }}
	root := &cobra.Command{Use: "root", SilenceErrors: true, SilenceUsage: true}
	noun := &cobra.Command{Use: "noun"}
	noun.AddCommand(leaf)
	root.AddCommand(noun)
	ExplainErrors(root, NewFactory(genericclioptions.NewConfigFlags(false), "test").Current())
	root.SetArgs([]string{"noun", "leaf"})
	err := root.ExecuteContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "does not accept your credentials") {
		t.Errorf("got %v", err)
	}
}
