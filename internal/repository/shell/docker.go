package shell

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Dockerfile is what a Dockerfile runs, as far as it says.
type Dockerfile struct {
	// Base is the image that the last stage is from. It is "" where that is
	// another stage, or not known.
	Base string
	// Runs are its RUN instructions, each a script of its own.
	Runs []*Script
	// Start is what the image runs in the end: ENTRYPOINT with CMD as its
	// arguments. It is nil if the base image says so.
	Start *Script
	// Entry is ENTRYPOINT alone, which a hub gives its command to, and Command is
	// CMD alone, instead of which a hub has its command. They are nil where the
	// Dockerfile has none.
	Entry, Command *Script
	// Env has the variables that ENV sets in the last stage.
	Env map[string]Word
	// Others are the words of all other instructions, such as COPY.
	Others []Word
	// Dir is the working folder in the end, as far as it is known, and begins with
	// a folder in braces where it is below one that is not.
	Dir string
	// Copies are the last stage's COPY and ADD, and Mounts says that a RUN is
	// given files in another way. Unread says that there are others, of which not
	// all is known.
	Copies []Copy
	Unread bool
	Mounts bool
	// CopiesAll says that the whole repository is put into the image.
	CopiesAll bool
	// EntryScript is the script of the repository that ENTRYPOINT runs, and
	// EntryText the text of an ENTRYPOINT that is no list: a shell runs it, which drops
	// the hub's command.
	EntryScript *Script
	EntryText   string
	EntryAt     Place
}

// Copy is a COPY or ADD of files of the repository.
type Copy struct {
	Place
	// Sources are its files and folders, To where they go: seen from the
	// image's root, with a slash at its end where it surely is a folder.
	Sources []string
	To      string
}

// from finds the file of the repository that a copy puts at a path of the image.
func (c *Copy) from(files Files, p string) (string, bool) {
	for _, source := range c.Sources {
		s := path.Clean(strings.TrimLeft(source, "/"))
		rest, below := strings.CutPrefix(p, strings.TrimRight(c.To, "/")+"/")
		at := s
		switch {
		case files.IsDir(s) || s == ".":
			if !below {
				continue
			}
			at = path.Join(s, rest)
		case p != c.To && (!below || rest != path.Base(s)):
			continue
		}
		if files.Exists(at) && !files.IsDir(at) {
			return at, true
		}
	}
	return "", false
}

// From finds the file of the repository that lies at a path of the image, seen from the
// working folder, as far as COPY and ADD put it there.
func (d *Dockerfile) From(files Files, p string) (string, bool) {
	if !path.IsAbs(p) {
		p = path.Join(d.Dir, p)
	}
	for _, c := range slices.Backward(d.Copies) {
		if from, ok := c.from(files, p); ok {
			return from, true
		}
	}
	return "", false
}

// to finds where a copy puts a file of the repository. It is not known where the
// target of a single file may be a folder.
func (c *Copy) to(files Files, p string, looks *int) (at string, known bool) {
	into := strings.TrimRight(c.To, "/")
	for _, source := range c.Sources {
		s := path.Clean(strings.TrimLeft(source, "/"))
		wild := strings.ContainsAny(s, "*?[")
		for from := p; ; from = path.Dir(from) {
			*looks += 1 + len(s)
			matches := from == s
			if wild {
				matches, _ = path.Match(s, from)
			}
			if matches && files.IsDir(from) || from == "." && s == "." {
				return path.Join(into, strings.TrimPrefix(p, from+"/")), true
			}
			if matches {
				if wild || len(c.Sources) > 1 || strings.HasSuffix(c.To, "/") {
					return path.Join(into, path.Base(p)), true
				}
				return c.To, path.Ext(c.To) == path.Ext(p)
			}
			if from == "." || from == "/" {
				break
			}
		}
	}
	return "", false
}

// Lies tells where a file of the repository is in the image, as seen from the working
// folder, as far as COPY and ADD put it there. Guessed says that nothing tells that
// they do not. Each look at a source costs the steps that it takes.
func (d *Dockerfile) Lies(files Files, p string, looks *int) (at string, known, guessed bool) {
	guessed = d.Unread
	for _, c := range slices.Backward(d.Copies) {
		to, put := c.to(files, p, looks)
		if !put {
			continue
		}
		if rest, below := strings.CutPrefix(to, strings.TrimRight(d.Dir, "/")+"/"); below {
			return rest, !d.changes(p, looks), false
		}
		// Nobody knows whether the one folder is the other.
		guessed = guessed || strings.Contains(d.Dir, unknownDir) != strings.Contains(to, unknownDir)
	}
	return "", false, guessed && !d.changes(p, looks)
}

// changes says whether a command of the image may move or remove a file.
func (d *Dockerfile) changes(p string, looks *int) bool {
	for _, s := range d.Runs {
		*looks += len(s.Commands)
	}
	return slices.ContainsFunc(d.Runs, func(s *Script) bool {
		return slices.ContainsFunc(s.Commands, func(c Command) bool {
			return (c.Program() == "mv" || c.Program() == "rm") && slices.ContainsFunc(Strings(c.Args), func(a string) bool {
				*looks += 1 + len(a)
				matched, _ := path.Match(path.Base(a), path.Base(p))
				return matched && path.Base(a) != "*" || slices.Contains(strings.Split(path.Dir(p), "/"), path.Base(a))
			})
		})
	})
}

// words lists the words of all that the Dockerfile runs and copies.
func (d *Dockerfile) words() []Word {
	out := slices.Clone(d.Others)
	for _, s := range append(slices.Clone(d.Runs), d.Start) {
		if s != nil {
			for _, c := range s.Commands {
				out = append(out, c.Args...)
			}
		}
	}
	return out
}

// Names says whether the Dockerfile does something with a file of this name.
func (d *Dockerfile) Names(file string) bool {
	return slices.ContainsFunc(d.words(), func(w Word) bool {
		base := path.Base(w.String())
		matched, err := path.Match(base, file)
		return err == nil && matched && base != "*"
	})
}

// Sets says whether the Dockerfile gives a variable of the environment a value.
func (d *Dockerfile) Sets(variable string) bool {
	if _, ok := d.Env[variable]; ok {
		return true
	}
	for _, s := range append(slices.Clone(d.Runs), d.Start) {
		if s != nil && slices.ContainsFunc(s.Commands, func(c Command) bool { _, ok := c.Env[variable]; return ok }) {
			return true
		}
	}
	return slices.ContainsFunc(d.words(), func(w Word) bool { return strings.HasPrefix(w.String(), variable+"=") })
}

// instruction is one instruction of a Dockerfile.
type instruction struct {
	name string
	// text is what follows the name; lines that Docker drops are empty and
	// continued, so that places stay.
	text string
	at   Place
}

// ReadDockerfile reads a Dockerfile of the repository.
func ReadDockerfile(files Files, p string, budget *Budget) (*Dockerfile, bool) {
	if files.IsDir(p) {
		return nil, false
	}
	data, ok := files.Read(p)
	if !ok || len(data) > maxScript {
		return nil, false
	}
	d := &docker{files: files, budget: budget, shell: []string{"/bin/sh", "-c"}}
	d.Env, d.stages = map[string]Word{}, map[string]bool{}
	for _, in := range instructions(p, string(data)) {
		d.instruction(in)
	}
	d.start()
	d.Dir = d.full
	return &d.Dockerfile, true
}

// docker is what is known between two instructions.
type docker struct {
	Dockerfile
	files  Files
	budget *Budget
	shell  []string
	dir    string
	// full is the working folder in the image.
	full       string
	entry, cmd *instruction
	stages     map[string]bool
}

func (d *docker) instruction(in instruction) {
	switch in.name {
	case "FROM":
		d.from(in)
		base, _ := BaseImageOf(d.Base)
		d.full, d.Copies, d.Unread = cmp.Or(base.Dir, "/"+unknownDir), nil, false
		d.Env, d.shell, d.dir, d.entry, d.cmd = map[string]Word{}, []string{"/bin/sh", "-c"}, unknownDir, nil, nil
	case "SHELL":
		var words []string
		if json.Unmarshal([]byte(in.text), &words) == nil && len(words) > 1 {
			d.shell = words
		}
	case "WORKDIR":
		if words := d.expand(in); len(words) == 1 {
			d.dir = RepoPath(d.dir, words[0].String())
			d.full = d.inImage(words[0].String())
			if strings.HasPrefix(words[0].prefix(), "/") {
				d.dir = RepoPath("", words[0].String())
			}
		}
	case "ENV", "ARG":
		d.env(in)
	case "ENTRYPOINT":
		if d.entry, d.cmd = &in, nil; strings.Join(strings.Fields(in.text), "") == "[]" {
			d.entry = nil // it takes the base's away
		}
	case "CMD":
		d.cmd = &in
	case "RUN":
		for strings.HasPrefix(in.text, "--") {
			d.Mounts = d.Mounts || strings.HasPrefix(in.text, "--mount")
			_, rest, _ := strings.Cut(in.text, " ")
			rest = strings.TrimLeft(rest, " ")
			in.at.Column += len(in.text) - len(rest)
			in.text = rest
		}
		d.Runs = append(d.Runs, d.follow(in))
	case "LABEL", "MAINTAINER", "EXPOSE", "USER":
	default:
		words := d.expand(in)
		d.Others = append(d.Others, words...)
		if in.name == "COPY" || in.name == "ADD" {
			all := func(w Word) bool { return w.Is(".") || w.Is("./") }
			d.CopiesAll = d.CopiesAll || slices.ContainsFunc(words[:max(len(words)-1, 0)], all)
			d.copy(words)
			d.copies(in, words)
		}
	}
}

// copy notes where the whole repository is put, if that is the working folder.
func (d *docker) copy(words []Word) {
	words = slices.DeleteFunc(slices.Clone(words), func(w Word) bool { return strings.HasPrefix(w.prefix(), "--") })
	if len(words) != 2 || !words[0].Is(".") && !words[0].Is("./") {
		return
	}
	if to, _ := words[1].Text(); path.Clean(to) == "." || d.dir != unknownDir && RepoPath("", to) == d.dir {
		d.dir = ""
	}
}

// inImage is a path of the image, seen from the working folder.
func (d *docker) inImage(p string) string {
	if strings.HasPrefix(p, "/") {
		return path.Clean(p)
	}
	return path.Join(d.full, p)
}

// copies notes what a COPY or ADD takes from the repository, as far as all of it is
// known: not from another stage, the net or its own text.
func (d *docker) copies(in instruction, words []Word) {
	c := Copy{Place: in.at}
	var listed []string
	if json.Unmarshal([]byte(in.text), &listed) == nil {
		words = nil
		for _, text := range listed {
			words = append(words, Known(text))
		}
	}
	for _, w := range words {
		text, known := w.Text()
		switch option := strings.HasPrefix(w.prefix(), "--"); {
		case option && !strings.HasPrefix(w.prefix(), "--from"):
		case !known:
			d.Unread = true
			return
		case strings.HasPrefix(text, "--from"), strings.HasPrefix(text, "<<"), strings.HasPrefix(text, "["), strings.Contains(text, ":"):
			return
		default:
			c.Sources = append(c.Sources, text)
		}
	}
	last := len(c.Sources) - 1
	if last < 1 {
		return
	}
	c.To, c.Sources = c.Sources[last], c.Sources[:last]
	folder := strings.HasSuffix(c.To, "/")
	if c.To = d.inImage(c.To); c.To != "/" && (folder || c.To == d.full) {
		c.To += "/"
	}
	d.Copies = append(d.Copies, c)
}

// entryScript reads the script of the repository that ENTRYPOINT runs.
func (d *docker) entryScript() {
	d.EntryAt = d.entry.at
	var list []string
	if json.Unmarshal([]byte(d.entry.text), &list) != nil {
		d.EntryText = strings.TrimSpace(d.entry.text)
	}
	if d.Entry == nil || len(d.Entry.Commands) == 0 {
		return
	}
	args := Strings(d.Entry.Commands[0].Run())
	if len(args) > 1 && IsShell(path.Base(args[0])) {
		args = args[1:]
	}
	if len(args) == 0 || !strings.Contains(args[0], "/") && !strings.HasSuffix(args[0], ".sh") || strings.Contains(args[0], "{") {
		return
	}
	if p, ok := d.From(d.files, d.inImage(args[0])); ok {
		d.EntryScript, _ = Read(d.files, p, d.budget, WithArguments(), WithDir(d.dir))
	}
}

// from notes the image of a stage.
func (d *docker) from(in instruction) {
	words := d.expand(in)
	for len(words) > 0 && strings.HasPrefix(words[0].String(), "--") {
		words = words[1:]
	}
	d.Base = ""
	if len(words) == 0 {
		return
	}
	if name, known := words[0].Text(); known && !d.stages[name] {
		d.Base = name
	}
	if len(words) == 3 {
		d.stages[words[2].String()] = true
	}
}

// follow follows a command in one of its two forms.
func (d *docker) follow(in instruction, more ...string) *Script {
	var words []string
	text, flags, bash := in.text, "", path.Base(d.shell[0]) == "bash"
	if json.Unmarshal([]byte(in.text), &words) == nil && len(words) > 0 {
		for i, w := range append(words, more...) {
			words = append(words[:i:i], quote(w))
		}
		text = strings.Join(words, " ")
	} else {
		flags = strings.ReplaceAll(strings.Join(d.shell[1:], " "), "c", "")
		if body, at, ok := hereBody(in); ok {
			text, in.at = body, at
		}
	}
	return Parse(d.files, in.at, text, d.budget, func(s *setup) {
		s.env, s.options, s.dir, s.bash = d.Env, flags, d.dir, bash
	})
}

// hereBody returns the script of "RUN <<EOF".
func hereBody(in instruction) (body string, at Place, ok bool) {
	first, rest, more := strings.Cut(in.text, "\n")
	delimiter, isHere := strings.CutPrefix(strings.TrimSpace(first), "<<")
	if !more || !isHere || strings.ContainsAny(delimiter, " \t|;&>") {
		return "", Place{}, false
	}
	delimiter = strings.Trim(strings.TrimPrefix(delimiter, "-"), `"'`)
	var out []string
	for line := range strings.Lines(rest) {
		if strings.TrimSpace(line) == delimiter {
			break
		}
		out = append(out, line)
	}
	return strings.Join(out, ""), Place{File: in.at.File, Line: in.at.Line + 1, Column: 1}, true
}

// start follows what the image runs.
func (d *docker) start() {
	if d.entry != nil {
		d.Entry = d.follow(*d.entry)
		d.entryScript()
	}
	if d.cmd != nil {
		d.Command = d.follow(*d.cmd)
	}
	switch {
	case d.entry == nil && d.cmd == nil:
	case d.entry == nil:
		d.Start = d.follow(*d.cmd)
	default:
		var more []string
		if d.cmd != nil {
			_ = json.Unmarshal([]byte(d.cmd.text), &more)
		}
		d.Start = d.follow(*d.entry, more...)
	}
}

// words expands an instruction's words.
func (d *docker) expand(in instruction) []Word {
	s := Parse(nil, in.at, ": "+in.text, d.budget, func(s *setup) { s.env = d.Env })
	if len(s.Commands) != 1 || s.Err != nil {
		return nil
	}
	return s.Commands[0].Args[1:]
}

// userArg is the argument of the build by which repo2docker names the user.
const userArg = "NB_USER"

func (d *docker) env(in instruction) {
	words := d.expand(in)
	for i, w := range words {
		name, _, assigned := strings.Cut(w.prefix(), "=")
		if in.name == "ARG" && name == userArg {
			d.Env[name] = Known(path.Base(python.Home))
			continue
		}
		switch {
		case assigned && validName(name):
			d.Env[name] = w.cut(len(name) + 1)
		case in.name == "ENV" && i == 0 && len(words) > 1: // ENV NAME the rest
			if name, known := w.Text(); known && validName(name) {
				value := words[1]
				for _, more := range words[2:] {
					value = value.add(Known(" ")).add(more)
				}
				d.Env[name] = value
			}
			return
		case in.name == "ARG":
			d.Env[name] = Unknown(name)
		}
	}
}

// quote writes a text as one word of the shell's.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// instructions splits a Dockerfile.
func instructions(p, text string) []instruction {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, mark), "\r\n", "\n"), "\n")
	var out []instruction
	for i := 0; i < len(lines); i++ {
		name, rest, _ := strings.Cut(strings.TrimLeft(lines[i], " \t"), " ")
		if name == "" || name[0] == '#' {
			continue
		}
		body := strings.TrimLeft(rest, " \t")
		in := instruction{name: strings.ToUpper(name), at: Place{File: p, Line: i + 1, Column: len(lines[i]) - len(body) + 1}}
		parts := []string{body}
		for strings.HasSuffix(strings.TrimRight(parts[len(parts)-1], " \t"), `\`) && i+1 < len(lines) {
			i++
			line := lines[i]
			if trimmed := strings.TrimSpace(line); trimmed == "" || trimmed[0] == '#' { // dropped
				line = `\`
			}
			parts = append(parts, line)
		}
		for _, delimiter := range delimiters(strings.Join(parts, "\n")) {
			for i+1 < len(lines) {
				i++
				parts = append(parts, lines[i])
				if strings.TrimSpace(lines[i]) == delimiter {
					break
				}
			}
		}
		in.text = strings.Join(parts, "\n")
		if last := parts[len(parts)-1]; len(parts) > 1 && last == `\` {
			in.text = strings.TrimRight(in.text, "\\\n ")
		}
		out = append(out, in)
	}
	return out
}

// delimiters lists the delimiters of the here-documents that a text begins.
func delimiters(text string) []string {
	var out []string
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "<<")
		if !ok || strings.HasPrefix(after, "<") {
			return out
		}
		after = strings.TrimLeft(strings.TrimPrefix(after, "-"), " ")
		word := after
		if i := strings.IndexAny(after, " \t\n|;&>)"); i >= 0 {
			word = after[:i]
		}
		if word = strings.Trim(word, `"'`); !validName(word) {
			return out
		}
		out = append(out, word)
		rest = after
	}
}
