package profiles

// PortKeeper is the capability of a Profile whose processes serve ports that only pods of
// the cluster may dial, such as one that controls the federation.
type PortKeeper interface {
	// PrivatePorts are these ports.
	PrivatePorts() []Port
}

// Port is a port of a process. Name is that of the port of the container.
type Port struct {
	Name   string
	Number int32
	// For says what it is for, in messages.
	For string
}

// Private finds the private port of a number. ok is false for every other number.
func (r *Registry) Private(number int32) (port Port, ok bool) {
	return r.private(func(p *Port) bool { return p.Number == number })
}

// PrivateName finds the private port of a name.
func (r *Registry) PrivateName(name string) (port Port, ok bool) {
	return r.private(func(p *Port) bool { return p.Name != "" && p.Name == name })
}

func (r *Registry) private(is func(*Port) bool) (Port, bool) {
	for i := range r.ports {
		if is(&r.ports[i]) {
			return r.ports[i], true
		}
	}
	return Port{}, false
}
