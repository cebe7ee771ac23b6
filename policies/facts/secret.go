package facts

// SecretFact is what was read about one Secret that is no kit, without its content.
type SecretFact struct {
	// Error says why the look-up failed.
	Error string
	// Absent says that the Secret does not exist; Error says so too.
	Absent bool
	// Issued says which certificate a pinned root has issued: the key in the Secret and
	// the root. It is empty if there is none.
	Issued string
	// Key says that there is a private key, and RootKey the name of the pinned root whose
	// own private key it is.
	Key     bool
	RootKey string
	// TooMany says that the Secret has more certificates or keys than were read.
	TooMany bool
}
