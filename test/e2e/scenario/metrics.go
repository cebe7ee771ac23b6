package scenario

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// scraper is the ServiceAccount, and the binding of its role, that reads metrics.
const scraper = "flare-scenario-metrics"

// ResidentMemory is what a webhook's process says of itself in its metrics, in
// bytes.
func (e Env) ResidentMemory(ctx context.Context, pod corev1.Pod) (int64, error) {
	text, err := e.Metrics(ctx, pod)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "process_resident_memory_bytes "); ok {
			var bytes float64
			_, err := fmt.Sscan(value, &bytes)
			return int64(bytes), err
		}
	}
	return 0, errors.New("the webhook's metrics have no process_resident_memory_bytes")
}

// Metrics are the metrics of one of the webhook's pods, as a monitoring system gets them:
// over TLS, with a token of a ServiceAccount that may read them.
func (e Env) Metrics(ctx context.Context, pod corev1.Pod) (string, error) {
	token, err := e.scraperToken(ctx)
	if err != nil {
		return "", err
	}
	client, err := e.metricsClient(ctx)
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	address, err := e.forward(ctx, pod, 8443)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/metrics", http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("metrics: %s: %s", response.Status, text)
	}
	return string(text), nil
}

func (e Env) scraperToken(ctx context.Context) (string, error) {
	for _, args := range [][]string{
		{"create", "serviceaccount", scraper, "-n", webhookNamespace},
		{"create", "clusterrolebinding", scraper, "--clusterrole=flare-metrics-reader", "--serviceaccount=" + webhookNamespace + ":" + scraper},
	} {
		r, err := Run(ctx, nil, append([]string{e.Kubectl}, args...)...)
		if err != nil || (r.Code != 0 && !strings.Contains(r.Stderr, "already exists")) {
			return "", fmt.Errorf("kubectl %s: %w %s", strings.Join(args, " "), err, r.Stderr)
		}
	}
	token, err := Must(ctx, nil, e.Kubectl, "create", "token", scraper, "-n", webhookNamespace)
	return strings.TrimSpace(token), err
}

// metricsClient trusts the certificate of the webhook as the API server does.
func (e Env) metricsClient(ctx context.Context) (*http.Client, error) {
	encoded, err := Must(ctx, nil, e.Kubectl, "get", "validatingwebhookconfiguration", "flare-webhook", "-o", "jsonpath={.webhooks[0].clientConfig.caBundle}")
	if err != nil {
		return nil, err
	}
	bundle, err := base64.StdEncoding.DecodeString(encoded)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(bundle) {
		return nil, fmt.Errorf("the webhook configuration has no authority: %w", err)
	}
	config := &tls.Config{RootCAs: pool, ServerName: "flare-webhook." + webhookNamespace + ".svc", MinVersion: tls.VersionTLS13}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}, nil
}
