package v1alpha1

import (
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validateEgress(at *field.Path, e *EgressRule) field.ErrorList {
	if e == nil {
		return nil
	}
	var errs field.ErrorList
	for i := range e.Servers {
		errs = append(errs, validateServer(at.Child("servers").Index(i), &e.Servers[i])...)
	}
	errs = append(errs, duplicates(at.Child("cidrs"), e.CIDRs)...)
	for i, cidr := range e.CIDRs {
		if prefix, err := netip.ParsePrefix(cidr); err != nil || prefix != prefix.Masked() {
			errs = append(errs, field.Invalid(at.Child("cidrs").Index(i), cidr, "must be an address range without bits outside of its mask, such as 203.0.113.7/32"))
		}
	}
	return errs
}

func validateServer(at *field.Path, s *EgressServer) field.ErrorList {
	if s.Host == "" && s.Namespace == "" {
		return field.ErrorList{field.Required(at, "a server needs a host or a namespace")}
	}
	var errs field.ErrorList
	for _, reason := range validation.IsDNS1123Subdomain(strings.TrimSuffix(s.Host, ".")) {
		if s.Host != "" {
			errs = append(errs, field.Invalid(at.Child("host"), s.Host, reason))
		}
	}
	for _, reason := range validation.IsDNS1123Label(s.Namespace) {
		if s.Namespace != "" {
			errs = append(errs, field.Invalid(at.Child("namespace"), s.Namespace, reason))
		}
	}
	if len(s.Addresses) > 0 && s.Host == "" {
		errs = append(errs, field.Required(at.Child("host"), "addresses are those of a host"))
	}
	errs = append(errs, duplicates(at.Child("addresses"), s.Addresses)...)
	for i, address := range s.Addresses {
		if ip, err := netip.ParseAddr(address); err != nil || !ip.IsGlobalUnicast() || ip.Zone() != "" {
			errs = append(errs, field.Invalid(at.Child("addresses").Index(i), address, "must be an IP address of the server, such as 203.0.113.7"))
		}
	}
	for i, port := range s.Ports {
		for _, reason := range validation.IsValidPortNum(int(port)) {
			errs = append(errs, field.Invalid(at.Child("ports").Index(i), port, reason))
		}
	}
	return errs
}
