package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
)

// The rules of the terminal: results go to standard output and nothing else
// does. Everything for the user's eyes goes to standard error: a line that
// begins with "error:" says in lower case and without a full stop what is
// wrong and where, "hint:" after it what to do, and "warning:" what was passed
// over. A wrong command line is answered with the usage, other errors are not.

// problem is one thing that went wrong.
type problem struct {
	// Where is file:line:column, or a file, or empty.
	Where string
	Err   error
	Hint  string
	// Paste is text to copy, and so printed as it is.
	Paste string
}

// failure ends a command. It holds all that went wrong, not just the first.
type failure struct {
	problems []problem
}

func (f *failure) Error() string { return errors.Join(f.Unwrap()...).Error() }

func (f *failure) Unwrap() []error {
	errs := make([]error, len(f.problems))
	for i, p := range f.problems {
		errs[i] = p.Err
	}
	return errs
}

// exitStatus ends a command with an exit code when all that there is to say has
// been printed.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// fail returns a failure with one problem.
func fail(where string, err error, hint string) error {
	return &failure{problems: []problem{{Where: where, Err: err, Hint: hint}}}
}

// failFile returns a failure for an operation on a file, whose path is taken
// from err when err has it.
func failFile(path string, err error, hint string) error {
	return fail(path, plain(err), hint)
}

// deeds are operations on files that the system calls by names that say little.
var deeds = map[string]string{
	"stat": "read", "lstat": "read", "statat": "read", "lstatat": "read", "readlink": "read", "readlinkat": "read",
	"openat": "open", "mkdir": "make the folder", "mkdirat": "make the folder", "unlinkat": "delete", "remove": "delete",
	"renameat": "rename", "symlinkat": "link",
}

// plain says of an operation on a file what failed, without the path and the
// system's own names.
func plain(err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	return fmt.Errorf("cannot %s: %w", cmp.Or(deeds[pe.Op], pe.Op), pe.Err)
}

// joinFailures returns a failure with the problems of both, either of which may
// be nil.
func joinFailures(a, b error) error {
	var first, second *failure
	if !errors.As(a, &first) || !errors.As(b, &second) {
		return cmp.Or(a, b)
	}
	return &failure{problems: append(first.problems, second.problems...)}
}

// code is 3 when repositories that could not be read are all that is wrong,
// else 1: what is wrong in the input has to be mended first.
func (f *failure) code() int {
	for _, p := range f.problems {
		var e *card.Error
		if !errors.As(p.Err, &e) || inputReason(e.Reason) {
			return ExitInput
		}
	}
	return ExitUnreadable
}

// inputReason reports whether a repository was refused for how it is named,
// before anything was read.
func inputReason(r card.Reason) bool {
	return r == card.ReasonAddress || r == card.ReasonHost
}

func printFailure(w io.Writer, f *failure) {
	for _, p := range f.problems {
		hint := p.Hint
		var e *card.Error
		if hint == "" && errors.As(p.Err, &e) {
			hint = e.Hint
		}
		printLine(w, "error", p.Where, p.Err.Error())
		printLine(w, "hint", "", hint)
		if p.Paste != "" {
			fmt.Fprintf(w, "\n%s\n\n", visible.Text(p.Paste))
		}
	}
}

// printLine writes one message; further lines of it are indented, so that each
// message is seen to begin with its label. An empty message is not written.
func printLine(w io.Writer, label, where, message string) {
	if message == "" {
		return
	}
	if where != "" {
		message = where + ": " + message
	}
	message = visible.Text(message)
	fmt.Fprintf(w, "%s: %s\n", label, strings.ReplaceAll(strings.TrimRight(message, "\n"), "\n", "\n    "))
}

func printUsageError(w io.Writer, cmd *cobra.Command, err error) {
	printLine(w, "error", "", err.Error())
	fmt.Fprintf(w, "usage: %s\nhint: run '%s --help'\n", cmd.UseLine(), cmd.CommandPath())
}
