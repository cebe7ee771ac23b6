package scenario

import (
	"context"
	"crypto/tls"
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// ServingCertificate returns the serial number of the certificate that a webhook's pod
// serves.
func (e Env) ServingCertificate(ctx context.Context, pod corev1.Pod) (string, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	address, err := e.forward(ctx, pod, 9443)
	if err != nil {
		return "", err
	}
	return serial(ctx, address)
}

func serial(ctx context.Context, address string) (string, error) {
	// Only which certificate it is matters here.
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} // #nosec G402
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	secured, ok := conn.(*tls.Conn)
	if !ok {
		return "", errors.New("not a TLS connection")
	}
	return secured.ConnectionState().PeerCertificates[0].SerialNumber.String(), nil
}
