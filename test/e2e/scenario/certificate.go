package scenario

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os/exec"
	"regexp"

	corev1 "k8s.io/api/core/v1"
)

// forwarded is what kubectl port-forward prints first.
var forwarded = regexp.MustCompile(`^Forwarding from (127\.0\.0\.1:\d+)`)

// ServingCertificate returns the serial number of the certificate that a webhook's pod
// serves.
func (e Env) ServingCertificate(ctx context.Context, pod corev1.Pod) (string, error) {
	ctx, stop := context.WithCancel(ctx)
	forward := exec.CommandContext(ctx, e.Kubectl, "port-forward", "-n", pod.Namespace, "pod/"+pod.Name, ":9443")
	out, err := forward.StdoutPipe()
	if err == nil {
		err = forward.Start()
	}
	if err != nil {
		stop()
		return "", err
	}
	defer func() {
		stop()
		_ = forward.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("port-forward to pod %s: %w", pod.Name, err)
	}
	address := forwarded.FindStringSubmatch(line)
	if address == nil {
		return "", fmt.Errorf("port-forward to pod %s: %s", pod.Name, line)
	}
	return serial(ctx, address[1])
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
