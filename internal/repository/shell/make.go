package shell

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Limits on what is read of a makefile.
const (
	maxMakefile = 64 << 10
	maxRecipe   = 200       // lines that one call of make runs
	maxMade     = 5000      // targets with what each needs, and with each line of its recipe
	maxExpand   = 10        // variables within each other
	maxExpanded = 256 << 10 // bytes that all variables stand for
)

// MakefileNames are the files that make looks for, in its order.
var MakefileNames = []string{"GNUmakefile", "makefile", "Makefile"}

// makefile is what is written out in one. Where it decides about anything by
// conditions, by functions or by other files, nothing of it is known.
type makefile struct {
	file  string
	rules map[string]*makeRule
	vars  map[string]string
	// unsure are the variables whose values are not known, and defined those of
	// several lines.
	unsure, defined map[string]bool
	phony           map[string]bool
	first           string
	open            bool
	left            int  // of what variables may stand for
	made            int  // targets with what each has
	cut             bool // says that it has more than is read
}

// makeRule is how a target is made.
type makeRule struct {
	needs  []string
	recipe []recipeLine
	open   bool
}

// recipeLine is what a shell of its own runs.
type recipeLine struct {
	target, text string
	at           Place
}

var (
	makeOpens  = regexp.MustCompile(`^(?:ifeq|ifneq|ifdef|ifndef|else|endif|-?include|sinclude|override|vpath|unexport|private|undefine)\b`)
	makeAssign = regexp.MustCompile(`^([\w.-]+)\s*(\?|:|::|:::|\+|!)?=\s*(.*)$`)
	makeRef    = regexp.MustCompile(`\$(?:\$|@|\(([\w.-]+)\)|\{([\w.-]+)\})`)
	// makeSettings are variables and targets that change how recipes run.
	makeSettings = []string{"SHELL", ".SHELLFLAGS", "MAKEFLAGS", ".RECIPEPREFIX", ".ONESHELL", ".IGNORE", ".POSIX", "VPATH"}
)

// makefileIn reads the makefile of a folder, or of a name in it, once.
func (r *reader) makefileIn(dir, name string) *makefile {
	names := MakefileNames
	if name != "" {
		names = []string{name}
	}
	for _, name := range names {
		p := RepoPath(dir, name)
		if m, ok := r.makefiles[p]; ok {
			return m
		}
		if r.files == nil || r.files.IsDir(p) {
			continue
		}
		if text, ok := r.files.Read(p); ok {
			m := readMakefile(p, string(text))
			r.budget.Steps -= len(text) / 256
			r.makefiles[p] = m
			return m
		}
	}
	return nil
}

// readMakefile reads a makefile.
func readMakefile(file, text string) *makefile {
	m := &makefile{
		file: file, rules: map[string]*makeRule{}, vars: map[string]string{},
		unsure: map[string]bool{}, defined: map[string]bool{}, phony: map[string]bool{}, left: maxExpanded,
	}
	if len(text) > maxMakefile {
		m.open, m.cut = true, true
		return m
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var current []string // the targets whose recipe follows
	for i := 0; i < len(lines); i++ {
		at, line := i, lines[i]
		for strings.HasSuffix(line, `\`) && i+1 < len(lines) {
			i++
			line += "\n" + strings.TrimPrefix(lines[i], "\t")
		}
		if recipe, ok := strings.CutPrefix(line, "\t"); ok && current != nil {
			m.addRecipe(current, recipe, Place{File: file, Line: at + 1, Column: 2})
			continue
		}
		line, _, _ = strings.Cut(strings.ReplaceAll(line, "\\\n", " "), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if name, ok := strings.CutPrefix(line, "define "); ok {
			for i+1 < len(lines) && strings.TrimSpace(lines[i]) != "endef" {
				i++
			}
			name = strings.TrimRight(name, " =:")
			m.unsure[name], m.defined[name], current = true, true, nil
			continue
		}
		current = m.statement(line, at+1)
	}
	return m
}

// statement reads a line that is no recipe's. It returns the targets whose recipe may
// follow.
func (m *makefile) statement(line string, number int) []string {
	if name, ok := strings.CutPrefix(line, "export "); ok {
		m.open = m.open || !m.defined[strings.TrimSpace(name)]
		return nil
	}
	if a := makeAssign.FindStringSubmatch(line); a != nil {
		m.assign(a[1], a[2], a[3])
		return nil
	}
	targets, rest, ok := strings.Cut(line, ":")
	if !ok || makeOpens.MatchString(line) || line == "export" {
		m.open = true
		return nil
	}
	return m.rule(targets, strings.TrimPrefix(rest, ":"), number)
}

// assign notes a variable. One that the environment may give is not known.
func (m *makefile) assign(name, op, value string) {
	switch op {
	case "", ":", "::", ":::":
		m.vars[name] = value
		delete(m.unsure, name)
	case "+":
		m.vars[name] = strings.TrimSpace(m.vars[name] + " " + value)
	default:
		m.unsure[name] = true
	}
	m.open = m.open || slices.Contains(makeSettings, name)
}

// rule notes targets, what they need, and a recipe on the same line.
func (m *makefile) rule(targets, rest string, number int) []string {
	needs, recipe, inline := strings.Cut(rest, ";")
	names, known := m.expand(targets, "")
	list, knownNeeds := m.expand(needs, "")
	if !known {
		m.open = true
		return nil
	}
	open := !knownNeeds || strings.ContainsAny(needs, ":=%|*?") || strings.ContainsAny(names, "&*?")
	var out []string
	if !m.holds(len(strings.Fields(names)) * (1 + len(strings.Fields(list)))) {
		return nil
	}
	for _, name := range strings.Fields(names) {
		switch {
		case slices.Contains(makeSettings, name):
			m.open = true
		case name == ".PHONY":
			for _, p := range strings.Fields(list) {
				m.phony[p] = true
			}
		}
		if m.first == "" && !strings.HasPrefix(name, ".") && !strings.Contains(name, "%") {
			m.first = name
		}
		r := m.rules[name]
		if r == nil {
			r = &makeRule{}
			m.rules[name] = r
		}
		r.needs = append(r.needs, strings.Fields(list)...)
		r.open = r.open || open
		out = append(out, name)
	}
	if inline {
		m.addRecipe(out, recipe, Place{File: m.file, Line: number, Column: 1})
	}
	return out
}

// holds counts what targets have, and says whether that is not too much.
func (m *makefile) holds(more int) bool {
	m.made += more
	m.cut = m.cut || m.made > maxMade
	m.open = m.open || m.cut
	return m.made <= maxMade
}

func (m *makefile) addRecipe(targets []string, text string, at Place) {
	if !m.holds(len(targets)) {
		return
	}
	for _, name := range targets {
		r := m.rules[name]
		r.recipe = append(r.recipe, recipeLine{name, text, at})
	}
}

// expand writes the variables of a text out, as far as they are written in the
// makefile.
func (m *makefile) expand(text, target string) (string, bool) { return m.expanded(text, target, 0) }

func (m *makefile) expanded(text, target string, depth int) (string, bool) {
	known := depth < maxExpand && m.left > 0
	m.cut = m.cut || !known
	out := makeRef.ReplaceAllStringFunc(text, func(ref string) string {
		name := strings.Trim(ref, "$(){}")
		value, written := m.vars[name]
		switch {
		case ref == "$$":
			return "\x00" // which no makefile has
		case ref == "$@" && target != "":
			return target
		case name == "MAKE":
			return "make"
		case !written || m.unsure[name] || !known:
			known = false
			return ""
		}
		m.left -= len(value) + 1
		inner, ok := m.expanded(value, target, depth+1)
		known = known && ok
		return strings.ReplaceAll(inner, "$", "\x00")
	})
	if strings.Contains(out, "$") { // a function, or a variable of another form
		known = false
	}
	return strings.ReplaceAll(out, "\x00", "$"), known
}

// lines lists what make runs for targets, in its order: what they need first, each once.
// It is not known where a file that may be up to date is a target.
func (m *makefile) lines(targets []string, exists func(string) bool) (out []recipeLine, known bool) {
	if known = !m.open; len(targets) == 0 {
		targets = strings.Fields(cmp.Or(m.vars[".DEFAULT_GOAL"], m.first))
	}
	seen := map[string]bool{}
	var visit func(name string, asked bool)
	visit = func(name string, asked bool) {
		rule := m.rules[name]
		there := exists(name)
		switch {
		case !known || seen[name]:
			return
		case rule == nil:
			known = there && !asked
			return
		case rule.open, there && !m.phony[name]:
			known = false
			return
		case len(out)+len(rule.recipe) > maxRecipe:
			known, m.cut = false, true
			return
		}
		seen[name] = true
		for _, need := range rule.needs {
			visit(need, false)
		}
		for _, l := range rule.recipe {
			text, ok := m.expand(l.text, name)
			known = known && ok
			l.text = text
			out = append(out, l)
		}
	}
	for _, name := range targets {
		visit(name, true)
	}
	return out, known && len(targets) > 0
}

// makes follows "make TARGET", where the makefile has its recipe written out.
func (r *runner) makes(st *state, at site, args []Word) *state {
	dir, file := st.dir, ""
	var targets []string
	for i := 1; i < len(args); i++ {
		arg, known := args[i].Text()
		next, nextKnown := "", false
		if i+1 < len(args) {
			next, nextKnown = args[i+1].Text()
		}
		switch {
		case !known || strings.Contains(arg, "="):
			return st
		case arg == "-C" && nextKnown:
			dir = RepoPath(dir, next)
			i++
		case arg == "-f" && nextKnown:
			file = next
			i++
		case arg == "-s", arg == "--silent", arg == "-B", strings.HasPrefix(arg, "-j"):
		case strings.HasPrefix(arg, "-"):
			return st
		default:
			targets = append(targets, arg)
		}
	}
	m := r.makefileIn(dir, file)
	if m == nil || strings.Contains(dir, "{") {
		return st
	}
	lines, known := m.lines(targets, func(name string) bool { return r.files.Exists(path.Join(dir, name)) })
	if m.cut {
		r.budget.cut(m.file)
	}
	if !known || r.depth >= maxDepth {
		return st
	}
	r.followed(at)
	outer := st.dir
	st.dir = dir
	if st = r.recipe(st, at, lines); st != nil {
		st.dir = outer
	}
	return st
}

// recipe follows the lines of a recipe, each in a shell of its own. A failure ends make.
func (r *runner) recipe(st *state, at site, lines []recipeLine) *state {
	if st.status = ok; len(lines) == 0 || !r.step(1) {
		return st
	}
	rest := func(in *state) *state { return r.recipe(in, at, lines[1:]) }
	text := strings.TrimLeft(lines[0].text, "@-+ \t")
	marks := lines[0].text[:len(lines[0].text)-len(text)]
	ignored := strings.Contains(marks, "-")
	place := lines[0].at
	place.Column += len(marks)
	src := r.reader.inline(place, text)
	r.within(func() { r.provided = r.provided || ignored }, func() {
		st = r.script(st, at, src, []Word{Known("sh")}, "")
	})
	switch {
	case ignored:
		return rest(st)
	case st.status == assumed:
		if st = rest(st); st != nil && st.status == ok {
			st.status = assumed
		}
		return st
	}
	return r.branch(st, rest, same)
}
