package flower

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The reverse proxy in front of the Control API, which authenticates no one in Flower's open
// edition. It is nginx: the distributions keep it, and it speaks gRPC and HTTP with
// certificates on both sides.

// ProgramProxy is the reverse proxy.
const ProgramProxy = "nginx"

// proxyCommon begins every configuration. Paths of certificates are relative to the file,
// which is in startup/; everything that nginx writes is on scratch space.
const proxyCommon = `# Written by kubectl flare with the kit. The kit's seal covers it.
daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path /tmp/nginx-body;
  proxy_temp_path /tmp/nginx-proxy;
  fastcgi_temp_path /tmp/nginx-fastcgi;
  uwsgi_temp_path /tmp/nginx-uwsgi;
  scgi_temp_path /tmp/nginx-scgi;
  client_max_body_size 0;
`

// proxyConfiguration is the proxy's configuration in the pod of a SuperLink or a scientist.
func proxyConfiguration(s *Spec) []byte {
	dialect, _ := DialectOf(s.Version)
	if s.Role == RoleAdmin {
		return []byte(proxyCommon + scientistDoor(dialect, s.Control) + "}\n")
	}
	doors := controlDoor(dialect)
	if dialect == DialectHTTP {
		doors += fleetDoor()
	}
	return []byte(proxyCommon + doors + "}\n")
}

// upstream passes requests to a server that has a certificate of the federation for a name.
func upstream(d Dialect, address, name, more string) string {
	scheme, module := "https", "proxy"
	if d == DialectGRPC {
		scheme, module = "grpcs", "grpc"
	}
	text := fmt.Sprintf(`      %[1]s_pass %[2]s://%[3]s;
      %[1]s_ssl_server_name on;
      %[1]s_ssl_name %[4]s;
      %[1]s_ssl_verify on;
      %[1]s_ssl_trusted_certificate ca.crt;
      %[1]s_read_timeout 1h;
      %[1]s_send_timeout 1h;
`, module, scheme, address, name)
	if d == DialectHTTP {
		text += "      proxy_http_version 1.1;\n      proxy_buffering off;\n      proxy_request_buffering off;\n"
	}
	return text + more
}

// controlDoor lets admins of the federation reach the Control API, and nothing else. The
// certificate of a SuperNode does not open it: nginx writes a subject as in RFC 2253, and
// the common name has no characters that it would escape.
func controlDoor(d Dialect) string {
	location, address, listen := "/v1/control/", fmt.Sprintf("127.0.0.1:%d", LoopbackPort), ""
	if d == DialectGRPC {
		location, address, listen = "/flwr.proto.Control/", fmt.Sprintf("127.0.0.1:%d", LoopbackControlPort), " http2"
	}
	return fmt.Sprintf(`  map $ssl_client_s_dn $scientist {
    default 0;
    "~^CN=[^,+=\\]+,OU=%s,O=" 1;
  }
  server {
    listen %d ssl%s;
    ssl_certificate tls.crt;
    ssl_certificate_key tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_client_certificate ca.crt;
    ssl_verify_client on;
    ssl_verify_depth 1;
    if ($scientist = 0) { return 403; }
    location / { return 404; }
    location %s {
%s    }
  }
`, RoleAdmin, ControlPort, listen, location, upstream(d, address, "localhost", ""))
}

// fleetDoor lets SuperNodes reach the Fleet API of the dialect http, and nothing else. They
// authenticate themselves by signatures of their keys, not by certificates.
func fleetDoor() string {
	return fmt.Sprintf(`  server {
    listen %d ssl;
    ssl_certificate tls.crt;
    ssl_certificate_key tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { return 404; }
    location /v1/fleet/ {
%s    }
  }
`, FleetPort, upstream(DialectHTTP, fmt.Sprintf("127.0.0.1:%d", LoopbackPort), "localhost", ""))
}

// scientistDoor takes requests of the flwr CLI on loopback to the control door.
func scientistDoor(d Dialect, control string) string {
	host, _, _ := kit.SplitAddress(control)
	listen := ""
	if d == DialectGRPC {
		listen = " http2"
	}
	module := "proxy"
	if d == DialectGRPC {
		module = "grpc"
	}
	certificate := fmt.Sprintf("      %[1]s_ssl_certificate client.crt;\n      %[1]s_ssl_certificate_key client.key;\n", module)
	return fmt.Sprintf(`  server {
    listen 127.0.0.1:%d%s;
    location / {
%s    }
  }
`, ControlPort, listen, upstream(d, control, host, certificate))
}
