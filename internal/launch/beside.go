package launch

import (
	"context"
	"io"
)

// Beside is a program that runs beside the servers, such as hugo server.
type Beside struct {
	// Args are the program's path and its arguments.
	Args []string
	// Dir it runs in.
	Dir string
	// Env are all its variables, "NAME=value".
	Env []string
	// Errors gets what it prints on standard error. The rest is dropped.
	Errors io.Writer
}

// Start starts it under a supervisor, so that it ends with ctx or with this
// program, however that ends. done is closed when it has ended, with all that it
// started.
func (b Beside) Start(ctx context.Context) (done <-chan struct{}, err error) {
	if err := supported(); err != nil {
		return nil, err
	}
	p, err := startProcess(ctx, command{args: b.Args, dir: b.Dir, env: b.Env, errors: b.Errors})
	if err != nil {
		return nil, err
	}
	return p.done, nil
}
