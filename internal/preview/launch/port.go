package launch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/repository"
)

// fixedPort is a port that a repository's app listens on whatever else does.
type fixedPort struct {
	Port int
	// Path and Line say where it is written.
	Path string
	Line int
}

// fixedPorts lists the ports that the apps of a repository listen on by their
// own choice: those of servers that an extension or a start script starts, and
// of entries of jupyter-server-proxy that name one.
func fixedPorts(f *repository.Facts) []fixedPort {
	var out []fixedPort
	for i := range f.Starts {
		start := &f.Starts[i]
		port, err := strconv.Atoi(start.FixedPort())
		if err != nil || port <= 0 || port > 65535 ||
			slices.ContainsFunc(out, func(p fixedPort) bool { return p.Port == port }) {
			continue
		}
		out = append(out, fixedPort{port, start.Path, start.Line})
	}
	return out
}

// PortError says that an app's port is in use: Jupyter would proxy to whoever
// listens there.
type PortError struct{ fixedPort }

// Error names the port and where it is written.
func (e *PortError) Error() string {
	return fmt.Sprintf("port %d, on which the app is started (%s:%d), is in use by another program", e.Port, e.Path, e.Line)
}

// free checks that nobody listens on the ports.
func free(ctx context.Context, ports []fixedPort) error {
	for _, p := range ports {
		used, err := inUse(ctx, p.Port)
		if err != nil {
			return err
		}
		if used {
			cause := &PortError{p}
			return &supervise.Error{Message: cause.Error(), Hint: fmt.Sprintf("end the program that listens on %d, or let jupyter-server-proxy choose the port: an entry of ServerProxy.servers with {port}", p.Port), Err: cause}
		}
	}
	return nil
}

// inUse says whether somebody listens on a port of this machine. Who listens on
// one of its addresses may leave the others free, so each is looked at; and one
// that cannot be had may still be on its way out, so it is asked, too.
func inUse(ctx context.Context, port int) (bool, error) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		address := net.JoinHostPort(host, strconv.Itoa(port))
		dialer := net.Dialer{Timeout: 2 * time.Second}
		if conn, err := dialer.DialContext(ctx, "tcp", address); err == nil {
			conn.Close()
			return true, nil
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		l, err := net.Listen("tcp", address)
		switch {
		case err == nil:
			l.Close()
		case errors.Is(err, syscall.EADDRINUSE):
			return true, nil
		case host == "127.0.0.1":
			return false, &supervise.Error{Message: fmt.Sprintf("port %d, on which the app is started, cannot be had here", port),
				Hint: "let jupyter-server-proxy choose the port: an entry of ServerProxy.servers with {port}", Err: err}
		}
	}
	return false, nil
}

// FreePort returns a port of the loopback interface that nobody listens on now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
