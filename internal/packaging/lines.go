package packaging

import "strings"

// Line is one logical line of a pip requirements file.
type Line struct {
	// Number of its first line, from 1.
	Number int
	// Text without comments, its continued lines joined.
	Text string
	// Requirement is what it asks for. It is nil for an option, and for what is
	// taken from a path or an address without a name.
	Requirement *Requirement
	// Option is the option that it begins with, "-r" or "--index-url" or "-e",
	// and Value what follows.
	Option, Value string
	// Err says why it is neither.
	Err error
}

// ParseRequirements reads a pip requirements file.
func ParseRequirements(text string) []Line {
	var out []Line
	number, begin, joined := 0, 0, ""
	for physical := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		physical = strings.TrimRight(physical, "\r\n")
		if begin == 0 {
			begin = number
		}
		if rest, ok := strings.CutSuffix(physical, `\`); ok {
			joined += rest + " "
			continue
		}
		if line, ok := parseLine(joined + physical); ok {
			line.Number = begin
			out = append(out, line)
		}
		begin, joined = 0, ""
	}
	return out
}

func parseLine(text string) (Line, bool) {
	if strings.HasPrefix(strings.TrimSpace(text), "#") {
		return Line{}, false
	}
	text, _, _ = strings.Cut(text, " #")
	text = strings.TrimSpace(text)
	if text == "" {
		return Line{}, false
	}
	line := Line{Text: text}
	switch {
	case strings.HasPrefix(text, "-"):
		cut := strings.IndexAny(text, " =\t")
		if cut < 0 {
			cut = len(text)
		}
		line.Option, line.Value = text[:cut], strings.Trim(text[cut:], " =\t")
		if !strings.HasPrefix(text, "--") && len(line.Option) > 2 { // -rfile
			line.Option, line.Value = text[:2], text[2:]
		}
	case strings.HasPrefix(text, ".") || strings.HasPrefix(text, "/") || strings.Contains(text, "://") && !strings.Contains(text, "@ "):
		// a path or an address: what it installs is not known
	default:
		r, err := ParseRequirement(text)
		if err != nil {
			line.Err = err
		} else {
			line.Requirement = &r
		}
	}
	return line, true
}
