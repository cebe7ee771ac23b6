package kittest

import (
	"fmt"
	"maps"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// serverConfiguration is fed_server.json. Its target is the server's own name, even if
// clients dial another one.
func serverConfiguration(project string, p participant, s settings) object {
	target := fmt.Sprintf("%s:%d", p.name, s.port)
	server := object{
		"name": project, "service": object{"target": target, "scheme": s.scheme},
		"ssl_private_key": "server.key", "ssl_cert": "server.crt", "ssl_root_cert": "rootCA.pem",
		"admin_port": s.port,
	}
	if s.family == nvflare.Family26 {
		server["admin_host"] = p.name
	} else {
		server["admin_server"] = p.name
		server["connection_security"] = "mtls"
	}
	return withOverseer(object{"format_version": 2, "servers": []any{server}}, s, p.name)
}

func clientConfiguration(project string, p participant, s settings) object {
	service := object{"scheme": s.scheme}
	client := object{"ssl_private_key": "client.key", "ssl_cert": "client.crt", "ssl_root_cert": "rootCA.pem"}
	server := object{"name": project, "service": service}
	if s.family != nvflare.Family26 {
		fqsn := p.name
		if s.fqsn != "" {
			fqsn = s.fqsn
		}
		server["identity"] = s.serverName
		maps.Copy(client, object{"fqsn": fqsn, "is_leaf": true, "connection_security": "mtls"})
	}
	if s.family == nvflare.Family28 {
		service["target"] = fmt.Sprintf("%s:%d", s.host, s.port)
	}
	return withOverseer(object{"format_version": 2, "servers": []any{server}, "client": client}, s, s.host)
}

// withOverseer adds the overseer agent, which kits up to 2.7 have.
func withOverseer(content object, s settings, host string) object {
	if s.family != nvflare.Family28 {
		endPoint := fmt.Sprintf("%s:%d:%d", host, s.port, s.port)
		content["overseer_agent"] = object{"path": "kittest.Agent", "args": object{"sp_end_point": endPoint}}
	}
	return content
}

func adminConfiguration(project string, p participant, s settings) object {
	admin := object{"client_key": "client.key", "client_cert": "client.crt", "ca_cert": "rootCA.pem"}
	content := object{"format_version": 1, "admin": admin}
	if s.family == nvflare.Family26 {
		admin["with_ssl"] = true
		return withOverseer(content, s, s.host)
	}
	maps.Copy(admin, object{
		"project_name": project, "username": p.name, "server_identity": s.serverName,
		"scheme": s.scheme, "host": s.host, "port": s.port, "connection_security": "mtls",
		"uid_source": "user_input", "with_file_transfer": true, "upload_dir": "transfer", "download_dir": "transfer",
	})
	return content
}
