package kit

import "slices"

// fillServer takes what fed_server.json says. It does not say what clients dial,
// so the host is the first name of the certificate.
func fillServer(doc *document, k *Kit) error {
	if err := doc.oneServer(); err != nil {
		return err
	}
	scheme, err := schemeAt(doc, "servers", 0, "service", "scheme")
	if err != nil {
		return err
	}
	_, port, err := addressAt(doc, splitTarget, "servers", 0, "service", "target")
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("servers", 0, "name"); err != nil {
		return err
	}
	k.ServerNames = slices.Clone(k.Certificate.DNSNames)
	for _, ip := range k.Certificate.IPAddresses {
		k.ServerNames = append(k.ServerNames, ip.String())
	}
	host := k.Participant
	if len(k.ServerNames) > 0 {
		host = k.ServerNames[0]
	}
	k.Server = Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: k.Participant}
	return nil
}

// fillClient takes what fed_client.json says.
func fillClient(doc *document, k *Kit) error {
	if err := doc.oneServer(); err != nil {
		return err
	}
	scheme, err := schemeAt(doc, "servers", 0, "service", "scheme")
	if err != nil {
		return err
	}
	host, port, err := clientAddress(doc, k.Family)
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("servers", 0, "name"); err != nil {
		return err
	}
	identity, err := doc.text("servers", 0, "identity")
	if err != nil {
		return err
	}
	if k.ConfiguredName, err = doc.text("client", "fqsn"); err != nil {
		return err
	}
	k.Server = Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: identity}
	return nil
}

// clientAddress finds where the client dials: 2.7 has it with the overseer
// agent, which is the only thing left of that agent.
func clientAddress(doc *document, family Family) (string, int, error) {
	if family == Family27 {
		return addressAt(doc, splitEndPoint, "overseer_agent", "args", "sp_end_point")
	}
	return addressAt(doc, splitTarget, "servers", 0, "service", "target")
}

// fillAdmin takes what fed_admin.json says.
func fillAdmin(doc *document, k *Kit) error {
	scheme, err := schemeAt(doc, "admin", "scheme")
	if err != nil {
		return err
	}
	host, _, err := addressAt(doc, hostAlone, "admin", "host")
	if err != nil {
		return err
	}
	port, err := doc.port("admin", "port")
	if err != nil {
		return err
	}
	if k.Federation, err = doc.text("admin", "project_name"); err != nil {
		return err
	}
	if k.ConfiguredName, err = doc.text("admin", "username"); err != nil {
		return err
	}
	identity, err := doc.text("admin", "server_identity")
	if err != nil {
		return err
	}
	k.AdminRole = roleAttribute(k.Certificate)
	k.Server = Endpoint{Scheme: scheme, Host: host, Port: port, ServerName: identity}
	return nil
}

func hostAlone(host string) (string, int, error) { return host, 0, checkHost(host) }

func schemeAt(doc *document, steps ...any) (string, error) {
	scheme, err := doc.text(steps...)
	if err != nil {
		return "", err
	}
	if err := checkScheme(scheme); err != nil {
		return "", doc.wrong(err.Error(), steps...)
	}
	return scheme, nil
}

// addressAt reads an address with the splitter for its form.
func addressAt(doc *document, split func(string) (string, int, error), steps ...any) (string, int, error) {
	value, err := doc.text(steps...)
	if err != nil {
		return "", 0, err
	}
	host, port, err := split(value)
	if err != nil {
		return "", 0, doc.wrong(err.Error(), steps...)
	}
	return host, port, nil
}
