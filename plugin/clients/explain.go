package clients

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd"
)

// where names the cluster that a command connects to.
type where struct{ server, context string }

func (w where) String() string { return fmt.Sprintf("%s (kubeconfig context %q)", w.server, w.context) }

func (c *cluster) where() where {
	var w where
	if config, err := c.ToRESTConfig(); err == nil {
		w.server = config.Host
	}
	if raw, err := c.ToRawKubeConfigLoader().RawConfig(); err == nil {
		w.context = raw.CurrentContext
	}
	flags, ok := c.RESTClientGetter.(*genericclioptions.ConfigFlags)
	if ok && flags.Context != nil && *flags.Context != "" {
		w.context = *flags.Context
	}
	return w
}

// ExplainErrors makes root and all commands below it explain the errors of the cluster
// that c leads to, so that no command has to do so itself.
func ExplainErrors(root *cobra.Command, c Clients) {
	if run := root.RunE; run != nil {
		root.RunE = func(cmd *cobra.Command, args []string) error {
			return c.Explain(cmd.Context(), run(cmd, args))
		}
	}
	for _, cmd := range root.Commands() {
		ExplainErrors(cmd, c)
	}
}

// Explain implements Clients.
func (c *cluster) Explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return explain(err, c.where())
}

// explainedError is an explanation that unwraps to the cluster's own error, so that
// explaining it twice does no harm.
type explainedError struct {
	text  string
	cause error
}

func (e *explainedError) Error() string { return e.text }

func (e *explainedError) Unwrap() error { return e.cause }

func say(cause error, format string, args ...any) error {
	return &explainedError{text: fmt.Sprintf(format, args...), cause: cause}
}

func explain(err error, at where) error {
	var done *explainedError
	switch {
	case errors.As(err, &done):
		return err
	case clientcmd.IsEmptyConfig(err):
		return say(err, "no cluster is configured: give --kubeconfig FILE, set KUBECONFIG, or create ~/.kube/config")
	case apierrors.IsUnauthorized(err):
		return say(err, "the cluster at %s does not accept your credentials: log in again, or give another context with --context", at)
	case apierrors.IsForbidden(err):
		return explainForbidden(err)
	case apierrors.IsNotFound(err):
		return explainNotFound(err, at)
	case apierrors.IsTooManyRequests(err), apierrors.IsServerTimeout(err), apierrors.IsServiceUnavailable(err):
		return say(err, "the cluster at %s is too busy: %v; try again later", at, err)
	}
	if unreachable(err, at.server) && at.context == "" {
		return say(err, "cannot reach %s, and no kubeconfig names another cluster: give --kubeconfig FILE, set KUBECONFIG, or create ~/.kube/config", at.server)
	}
	if unreachable(err, at.server) {
		return say(err, "cannot reach the cluster at %s: %v", at, rootCause(err))
	}
	return err
}

// unreachable says whether the error is about the connection to that server: it may also
// be about the URL of a manifest that the user gave.
func unreachable(err error, server string) bool {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		return strings.Contains(urlErr.URL, server)
	}
	var network *net.OpError
	return errors.As(err, &network)
}

// rootCause drops "Get https://…: dial tcp …:", because the message has the address
// already.
func rootCause(err error) error {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	return err
}

var missingNamespace = regexp.MustCompile(`^namespaces "([^"]+)" not found$`)

func explainNotFound(err error, at where) error {
	if m := missingNamespace.FindStringSubmatch(err.Error()); m != nil {
		return say(err, "namespace %q does not exist in the cluster at %s: create it with `kubectl create namespace %s --context %s`, or give another namespace with -n",
			m[1], at, m[1], at.context)
	}
	return err
}
