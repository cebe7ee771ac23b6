//go:build linux

package cluster

import (
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Kubeconfig is the file with a context for each cluster of the lab, for the
// plugin and the tests.
const Kubeconfig = paths.State + "/kubeconfig"

func (c Cluster) kubeconfig(user string) string { return c.dir(user + ".kubeconfig") }

func (c Cluster) writeKubeconfig(user string) error {
	config := clientcmdapi.NewConfig()
	if err := c.addContext(config, user); err != nil {
		return err
	}
	config.CurrentContext = c.Name()
	return clientcmd.WriteToFile(*config, c.kubeconfig(user))
}

// WriteKubeconfig writes the kubeconfig of the whole lab. The first cluster's
// context is the current one.
func WriteKubeconfig(clusters []Cluster) error {
	config := clientcmdapi.NewConfig()
	for _, c := range clusters {
		if err := c.addContext(config, "admin"); err != nil {
			return err
		}
	}
	config.CurrentContext = clusters[0].Name()
	return clientcmd.WriteToFile(*config, Kubeconfig)
}

func (c Cluster) addContext(config *clientcmdapi.Config, user string) error {
	var data [3][]byte
	for i, file := range []string{"ca.crt", user + ".crt", user + ".key"} {
		var err error
		if data[i], err = os.ReadFile(c.pki(file)); err != nil {
			return fmt.Errorf("kubeconfig of %s: %w", user, err)
		}
	}
	login := c.Name() + "-" + user
	config.Clusters[c.Name()] = &clientcmdapi.Cluster{Server: c.Server(), CertificateAuthorityData: data[0]}
	config.AuthInfos[login] = &clientcmdapi.AuthInfo{ClientCertificateData: data[1], ClientKeyData: data[2]}
	config.Contexts[c.Name()] = &clientcmdapi.Context{Cluster: c.Name(), AuthInfo: login}
	return nil
}
