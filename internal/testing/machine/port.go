package machine

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreePort is a port of the loopback interface on which nothing listens, for a program
// that is started later. It is below those that systems give to servers that ask for any,
// which could take it in the meantime.
func FreePort(t testing.TB) int {
	t.Helper()
	var err error
	for range 100 {
		port := 20_000 + rand.IntN(10_000)
		var free net.Listener
		if free, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			if err = free.Close(); err == nil {
				return port
			}
		}
	}
	t.Fatal(err)
	return 0
}
