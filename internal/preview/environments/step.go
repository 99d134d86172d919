package environments

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

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

// RunTool runs one step of a build with the author's own tool.
func RunTool(ctx context.Context, log io.Writer, step string, args ...string) error {
	fmt.Fprintf(log, "%s %s\n", filepath.Base(args[0]), strings.Join(args[1:], " "))
	return RunStep(ctx, step, supervise.Command{Args: args, Dir: Apart(), Env: ToolVariables(), Output: log})
}

// RunStep runs a command to its end. The error is that of ctx, or a *[BuildError]
// that names the step.
func RunStep(ctx context.Context, step string, c supervise.Command) error {
	p, err := supervise.Start(ctx, c)
	if err != nil {
		return err
	}
	<-p.Done()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case p.Code() != 0:
		return &BuildError{Step: step, ExitCode: p.Code()}
	}
	return nil
}
