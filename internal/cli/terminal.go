package cli

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// buffer gathers what a command prints. Columns is how wide the terminal is that
// will show it, 0 where there is none: what others read keeps its lines.
type buffer struct {
	bytes.Buffer
	columns int
}

// columns is the width of the terminal on which a command's output is shown, 0
// where it goes to a file or a program.
func (p *Program) columns(output string) int {
	f, ok := p.Stdout.(*os.File)
	if !ok || output != "" && output != "-" {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// columnsOf is the width for what is written to w.
func columnsOf(w io.Writer) int {
	if b, ok := w.(*buffer); ok {
		return b.columns
	}
	return 0
}

// narrowest is the width below which folding lines helps nobody.
const narrowest = 30

// fold writes a text after a label, its further lines below the first. A word
// that is too long, such as an address, stays whole.
func fold(label, text string, width int) string {
	if width < narrowest || utf8.RuneCountInString(label+text) <= width {
		return strings.TrimRight(label+text, " ") + "\n"
	}
	indent := utf8.RuneCountInString(label)
	var b strings.Builder
	b.WriteString(label)
	column := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String() + "\n"
}

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
