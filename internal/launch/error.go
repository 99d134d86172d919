package launch

import (
	"errors"
	"fmt"
)

// Error says why something cannot be launched, and what to do.
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

// BuildError says that a step of the build failed, as it would on Binder.
type BuildError struct {
	// Step is what failed: "plan" where repo2docker gives up before it builds,
	// "pip install", or the path of the script, such as ".binder/postBuild".
	Step string
	// ExitCode is the step's, 128 and the signal's number where one ended it; 0
	// where nothing ran.
	ExitCode int
	// Message says what is wrong; it may be empty for a step that ran, whose
	// output tells.
	Message string
}

// Error names the step.
func (e *BuildError) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return fmt.Sprintf("%s ended with exit code %d", e.Step, e.ExitCode)
}

// undone is an error, with the one of clearing up after it, if there is one.
func undone(err, clearing error) error {
	if clearing == nil {
		return err
	}
	return errors.Join(err, clearing)
}
