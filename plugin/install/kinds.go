package install

import (
	"errors"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// checkKinds makes sure that the cluster has the kinds of other projects that are needed, before
// anything is written.
func (o *Options) checkKinds() error {
	if manifests.Certs(o.Certs) == manifests.CertManager {
		err := o.checkInstalled(certmanager.SchemeGroupVersion, []string{certmanager.IssuerKind, certmanager.CertificateKind},
			"cert-manager is not installed in this cluster: install it first (https://cert-manager.io/docs/installation/), or give --certs self-signed")
		if err != nil {
			return err
		}
	}
	if !o.Monitoring {
		return nil
	}
	return o.checkInstalled(manifests.MonitoringVersion(), manifests.MonitoringKinds(),
		"the Prometheus operator is not installed in this cluster: install it first (https://prometheus-operator.dev), or leave out --monitoring")
}

// checkInstalled returns the message if the cluster lacks one of the kinds.
func (o *Options) checkInstalled(version schema.GroupVersion, kinds []string, message string) error {
	mapper, err := o.clients.ToRESTMapper()
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		_, err := mapper.RESTMapping(schema.GroupKind{Group: version.Group, Kind: kind}, version.Version)
		if meta.IsNoMatchError(err) {
			return errors.New(message)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
