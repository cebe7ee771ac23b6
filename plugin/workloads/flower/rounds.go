package flower

// RoundsKey is the name in the apps that `flwr new` makes. Source: its templates, 1.42.0.
func (Workloads) RoundsKey() string { return "num-server-rounds" }

// ClientsKey is the name of the argument of Flower's strategies, in the spelling of an app's
// configuration. Source: flwr/serverapp/strategy/fedavg.py, 1.42.0.
func (Workloads) ClientsKey() string { return "min-available-nodes" }
