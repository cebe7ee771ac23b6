package helperpod

import (
	"bytes"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
)

// Executor makes the connection that exec and attach need. It prefers WebSocket
// and falls back to SPDY, as kubectl does.
func Executor(config *rest.Config, request *rest.Request) (remotecommand.Executor, error) {
	spdy, err := remotecommand.NewSPDYExecutor(config, "POST", request.URL())
	if err != nil {
		return nil, err
	}
	websocket, err := remotecommand.NewWebSocketExecutor(config, "GET", request.URL().String())
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(websocket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
}

// Tail keeps the end of what is written to it: at most Limit bytes.
type Tail struct {
	Limit int
	buf   bytes.Buffer
}

// Write implements io.Writer.
func (t *Tail) Write(data []byte) (int, error) {
	t.buf.Write(data)
	if extra := t.buf.Len() - t.Limit; extra > 0 {
		t.buf.Next(extra)
	}
	return len(data), nil
}

// String is the end, without blank lines around it.
func (t *Tail) String() string { return strings.TrimSpace(t.buf.String()) }
