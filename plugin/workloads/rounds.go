package workloads

// Rounds is implemented by a Configurer whose jobs have usual names for the number of their
// rounds and for the number of clients that they need.
type Rounds interface {
	// RoundsKey is the name of the number of rounds, ClientsKey that of the number of
	// clients.
	RoundsKey() string
	ClientsKey() string
}
