package output

// ExitError is an error with which the program ends with a code of its own instead of 1.
type ExitError struct {
	Code int
	// Err is what went wrong; nil if the code alone says it, as that of diff does.
	Err error
}

// Error implements error.
func (e *ExitError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap is the error itself.
func (e *ExitError) Unwrap() error { return e.Err }
