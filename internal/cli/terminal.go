package cli

import (
	"bufio"
	"io"
	"sync"
)

// syncWriter lets several goroutines write to one stream, each a whole piece
// at a time.
type syncWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *syncWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

// answers returns a function that returns a channel of the lines that the user
// types. Reading begins when it is first called, since nothing ends it.
func (p *Program) answers() func() <-chan string {
	return sync.OnceValue(func() <-chan string {
		lines := make(chan string)
		go func() {
			defer close(lines)
			for s := bufio.NewScanner(p.Stdin); s.Scan(); {
				lines <- s.Text()
			}
		}()
		return lines
	})
}
