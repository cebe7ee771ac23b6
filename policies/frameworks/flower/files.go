package flower

// Files of startup/ that all roles have.
const (
	// ConfigFile is the mark of a kit.
	ConfigFile = "flower.json"
	// RootFile is the federation's root certificate.
	RootFile = "ca.crt"
)

// Files of startup/ of a SuperLink.
const (
	// ServerCertificateFile is for the names that SuperNodes and scientists dial, and for
	// loopback, where SuperExec and the reverse proxy dial it.
	ServerCertificateFile = "tls.crt"
	ServerKeyFile         = "tls.key"
	// NodesFile lists the public keys of the SuperNodes that may connect:
	// [{"name": "site-1", "key": "ecdsa-sha2-nistp384 ..."}].
	NodesFile = "supernodes.json"
)

// Files of startup/ of a SuperNode.
const (
	// NodeKeyFile is its key: an ECDSA key in OpenSSH's form. Flower derives the public key.
	NodeKeyFile       = "client_credentials"
	NodePublicKeyFile = "client_credentials.pub"
	// RuntimeCertificateFile is for the SuperNode's Runtime API, which SuperExec dials. A
	// kit that was adopted without the root's key has none.
	RuntimeCertificateFile = "runtime.crt"
	RuntimeKeyFile         = "runtime.key"
	// SuperExecSecretFile is what SuperExec proves itself with to the SuperNode, where its
	// Runtime API is not on loopback: the value of --superexec-auth-secret-file.
	SuperExecSecretFile = "superexec.secret"
)

// Files of startup/ of several roles.
const (
	// ClientCertificateFile is the participant's certificate: that of a scientist, with
	// which the control door opens, or that of a SuperNode's key. No process of Flower
	// reads the latter; it lets a kit be verified with the root alone. A kit that was
	// adopted without the root's key has none.
	ClientCertificateFile = "client.crt"
	// AdminKeyFile is a scientist's key.
	AdminKeyFile = "client.key"
	// ProxyFile is the configuration of the reverse proxy in the pods of SuperLinks and
	// scientists.
	ProxyFile = "nginx.conf"
)

// Files of local/.
const (
	// ReadmeFile says which other files the site may put there. No program reads it, but
	// local/ is sealed, and so it has at least one file.
	ReadmeFile = "README.md"
	// NodeConfigFile is a SuperNode's node configuration, flat TOML: the value of
	// --node-config. Source: parse_config_args in flwr/common/config.py, 1.36.0 and 1.42.0.
	NodeConfigFile = "node-config.toml"
	// TrustedEntitiesFile are the keys of those whose signed apps a SuperNode runs.
	TrustedEntitiesFile = "trusted-entities.yaml"
	// ExecutorFile configures the pods that SuperExec starts. Source:
	// flwr/supercore/superexec/executor/config.py, 1.42.0.
	ExecutorFile = "executor.yaml"
)
