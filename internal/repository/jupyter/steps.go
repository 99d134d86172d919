package jupyter

import (
	"path"
	"slices"
	"strings"
)

// take does what a step does to files.
func (d *disk) take(s Step) {
	d.now = s.At
	if len(s.Args) == 0 {
		return
	}
	program := path.Base(s.Args[0])
	words, options := plainWords(s.Args[1:])
	d.output(s, program)
	switch program {
	case "cp", "mv", "install", "rsync", "ln":
		d.copies(s, program, words, options)
	case "mkdir":
		for _, w := range words {
			d.mkdir(s, w)
		}
	case "rm":
		for _, w := range words {
			d.remove(s, w)
		}
	case "sed", "perl", "truncate":
		d.changed(s, words)
	case "wget", "curl":
		d.downloads(s)
	case "python", "python2", "python3", "sh", "bash", "source", ".", "make", "Rscript", "julia":
		d.runs(s, words)
	default:
		if strings.Contains(s.Args[0], "/") {
			d.runs(s, append([]string{s.Args[0]}, words...))
		} else if !harmless[program] {
			d.hand(s.Dir, words)
		}
	}
}

// harmless are programs that put no file of the repository elsewhere.
var harmless = setOf("echo printf cat tee set export cd ls pip pip3 conda mamba micromamba apt-get npm jupyter chmod chown touch test exec unset true :")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// plainWords parts the arguments of a program of the shell's from its options.
func plainWords(args []string) (words, options []string) {
	for i, a := range args {
		if a == "--" {
			return append(words, args[i+1:]...), options
		}
		if strings.HasPrefix(a, "-") && a != "-" {
			options = append(options, a)
		} else {
			words = append(words, a)
		}
	}
	return words, options
}

// output puts what a command prints into the file that it goes to.
func (d *disk) output(s Step, program string) {
	text, begin, known := s.Here, s.HereAt, s.Here != ""
	targets := []string{s.Output}
	switch program {
	case "tee":
		words, _ := plainWords(s.Args[1:])
		targets = append(targets, words...)
		s.Append = s.Append || slices.Contains(s.Args, "-a") || slices.Contains(s.Args, "--append")
	case "cat":
	case "echo", "printf":
		text, begin, known = printed(program, s.Args[1:]), s.At, true
	default:
		known = false
	}
	for _, t := range targets {
		p, ok := abs(s.Dir, t)
		if t == "" || !ok || t == "/dev/null" {
			continue
		}
		f := placed{text: text, begin: begin, known: known, maybe: s.Maybe, written: true}
		if old := d.at(p); old != nil && s.Append {
			// Two texts are one file; the places are those of the first.
			f = placed{text: old.text + text, begin: old.begin, known: known && old.known, maybe: old.maybe, written: old.written}
		}
		d.place(p, f)
	}
}

// printed is what echo or printf prints.
func printed(program string, args []string) string {
	if program == "printf" {
		return strings.ReplaceAll(strings.Join(args[:min(1, len(args))], ""), `\n`, "\n")
	}
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e") {
		args = args[1:]
	}
	return strings.Join(args, " ") + "\n"
}

func (d *disk) mkdir(s Step, word string) {
	p, ok := abs(s.Dir, word)
	for ; ok && !s.Maybe && len(p) > 1; p = path.Dir(p) {
		d.dirs[p] = true
	}
}

func (d *disk) remove(s Step, word string) {
	p, ok := abs(s.Dir, word)
	if !ok {
		return
	}
	for _, p := range d.expand(p) {
		for _, file := range append([]string{p}, d.below(p)...) {
			if f := d.at(file); f != nil {
				gone := *f
				gone.gone, gone.maybe = !s.Maybe, s.Maybe
				d.place(file, gone)
			}
		}
	}
}

// changed says that the text of files is not known any more.
func (d *disk) changed(s Step, words []string) {
	for _, w := range words {
		if p, ok := abs(s.Dir, w); ok {
			if f := d.at(p); f != nil {
				c := *f
				c.known = false
				d.place(p, c)
			}
		}
	}
}

// downloads puts a file of unknown text where a download goes.
func (d *disk) downloads(s Step) {
	for i, a := range s.Args[:len(s.Args)-1] {
		if a == "-O" || a == "-o" || a == "--output" || a == "--output-document" {
			if p, ok := abs(s.Dir, s.Args[i+1]); ok {
				d.place(p, placed{begin: s.At, maybe: s.Maybe})
			}
		}
	}
}

// runs notes a program of the repository, which may do anything.
func (d *disk) runs(s Step, words []string) {
	d.hand(s.Dir, words)
	if path.Base(s.Args[0]) == "make" {
		d.murky = append(d.murky, s.At)
		return
	}
	for _, w := range words[:min(1, len(words))] {
		if p, ok := abs(s.Dir, w); ok && d.at(p) != nil {
			d.murky = append(d.murky, s.At)
		}
	}
}

// copies follows cp and its kin.
func (d *disk) copies(s Step, program string, words, options []string) {
	from, to := words, ""
	for i, a := range s.Args {
		if (a == "-t" || a == "--target-directory") && i+1 < len(s.Args) {
			to = s.Args[i+1]
			from = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == to })
		}
	}
	if program == "install" && hasLetter(options, 'd') {
		for _, w := range words {
			d.mkdir(s, w)
		}
		return
	}
	if program == "install" {
		from = withoutValues(s.Args[1:], "-m", "-o", "-g", "--mode", "--owner", "--group")
	}
	if to == "" {
		if len(from) < 2 {
			d.hand(s.Dir, from)
			return
		}
		from, to = from[:len(from)-1], from[len(from)-1]
	}
	target, ok := abs(s.Dir, to)
	if !ok {
		d.hand(s.Dir, from)
		return
	}
	var sources []string
	for _, w := range from {
		p, ok := abs(s.Dir, w)
		if !ok {
			continue
		}
		for _, p := range d.expand(p) {
			if d.at(p) == nil && len(d.below(p)) == 0 {
				d.tried = append(d.tried, path.Base(p))
			}
			sources = append(sources, p)
		}
	}
	asDir := d.isDir(target) || len(from) > 1 || strings.HasSuffix(to, "/")
	for _, p := range sources {
		// A folder that is not known to be there may be the file's new name.
		maybe := s.Maybe
		into := asDir
		if !asDir && !looksLikeFile(target) && d.at(p) != nil {
			into, maybe = true, true
		}
		d.move(program, p, d.destination(program, s, p, target, into), maybe)
	}
}

// destination is the path that a file or folder gets.
func (d *disk) destination(program string, s Step, from, target string, into bool) string {
	contents := program == "rsync" && slices.ContainsFunc(s.Args, func(a string) bool { return strings.HasSuffix(a, "/") && path.Base(a) == path.Base(from) })
	if path.Base(from) == "." || !into || contents || slices.Contains(s.Args, "-T") {
		return target
	}
	return path.Join(target, path.Base(from))
}

func (d *disk) move(program, from, to string, maybe bool) {
	d.copyTo(from, to, maybe)
	if program != "mv" || maybe {
		return
	}
	for _, p := range append([]string{from}, d.below(from)...) {
		if f := d.at(p); f != nil {
			gone := *f
			gone.gone = true
			d.place(p, gone)
		}
	}
}

// looksLikeFile says whether the last element of a path is a file's name.
func looksLikeFile(p string) bool {
	ext := path.Ext(p)
	return ext == ".py" || ext == ".json"
}

func hasLetter(options []string, letter rune) bool {
	return slices.ContainsFunc(options, func(o string) bool { return !strings.HasPrefix(o, "--") && strings.ContainsRune(o, letter) })
}

// withoutValues returns the words of arguments some of whose options take a
// value.
func withoutValues(args []string, valued ...string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		switch {
		case slices.Contains(valued, args[i]):
			i++
		case !strings.HasPrefix(args[i], "-"):
			out = append(out, args[i])
		}
	}
	return out
}
