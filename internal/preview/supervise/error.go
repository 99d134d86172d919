package supervise

// Error says why something cannot be run on this machine, and what to do.
type Error struct {
	// Message is one sentence in lower case without a full stop.
	Message string
	// Hint says what to do; it may be empty.
	Hint string
	// Err is the cause; it may be nil.
	Err error
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
