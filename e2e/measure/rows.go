package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const runsHead = `# Releases of packages, each installed alone on Python 3.10 with the newest companions
# that its own conditions allow, and imported; those whose rows do not say "import" were
# served, too, and asked for their page's session. Where that failed: what it said, and
# with which companions it worked; "nothing" where none was found. What a release keeps
# back are the companions of which its own conditions allow no newer ones, of those that
# another one wants. Measured in %s; a series that is not listed was not tried,
# or could not be installed.
# go run . runs
`

// rows are the lines of a table about releases, by "NAME VERSION".
type rows map[string]string

// readRows reads the table that was measured before.
func readRows(path string) (rows, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return rows{}, nil
	}
	out := rows{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] != "#" {
			out[fields[0]+" "+fields[1]] += line
		}
	}
	return out, err
}

// sections reads the table of packages that was measured before: what it has of each.
func (s settings) sections(table string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(s.out, table+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	out := map[string]string{}
	for section := range strings.SplitSeq(string(text), "\n\n") {
		name, _, _ := strings.Cut(section, "\n")
		out[name] = "\n" + strings.TrimRight(section, "\n") + "\n"
	}
	return out, err
}

// write writes a table: the packages as they are listed, each from its oldest release on.
func (r rows) write(list []server, date string) string {
	var out strings.Builder
	fmt.Fprintf(&out, runsHead, date)
	for _, p := range list {
		var versions []string
		for key := range r {
			if name, version, _ := strings.Cut(key, " "); name == p.name {
				versions = append(versions, version)
			}
		}
		slices.SortFunc(versions, compareVersions)
		for _, v := range versions {
			out.WriteString(r[p.name+" "+v])
		}
	}
	return out.String()
}

// together is how many releases are tried at a time.
const together = 2

// measureRuns installs releases and runs them. What is not wanted stays as it was.
func measureRuns(s settings) (string, error) {
	r, err := readRows(filepath.Join(s.out, "runs.txt"))
	if err != nil {
		return "", err
	}
	list := slices.Concat(served, imported)
	for i := range list {
		p := &list[i]
		if !s.wanted(p.name) {
			continue
		}
		versions, err := newestOfSeries(s.python, p, cmp.Or(s.from, p.from))
		if err != nil {
			return "", err
		}
		if s.missing {
			versions = slices.DeleteFunc(versions, func(v string) bool { return r[p.name+" "+v] != "" })
		}
		if err := errors.Join(s.tryAll(r, p, versions), s.keepAll(r, p)); err != nil {
			return "", err
		}
		if s.out != "-" { // what comes after it may fail
			if err := s.save("runs", r.write(list, s.date)); err != nil {
				return "", err
			}
		}
	}
	return r.write(list, s.date), nil
}

// tryAll tries releases of a package, some at a time.
func (s settings) tryAll(r rows, p *server, versions []string) error {
	var mutex sync.Mutex
	return each(versions, func(v string) error {
		line, err := s.try(p, v)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, cmp.Or(line, p.name+" "+v+" cannot be installed"))
		if line == "" {
			return nil
		}
		mutex.Lock()
		defer mutex.Unlock()
		r[p.name+" "+v] = line + "\n"
		return nil
	})
}

// keepAll notes what the releases of a package keep back, where that is not noted and
// can be known without building them.
func (s settings) keepAll(r rows, p *server) error {
	if p.source {
		return nil
	}
	var keys []string
	for key, lines := range r {
		if name, _, _ := strings.Cut(key, " "); name == p.name && !strings.Contains(lines, " keeps") {
			keys = append(keys, key)
		}
	}
	var mutex sync.Mutex
	return each(keys, func(key string) error {
		_, version, _ := strings.Cut(key, " ")
		kept, err := s.keeps(p, version)
		mutex.Lock()
		defer mutex.Unlock()
		if err == nil && len(kept) > 0 {
			r[key] += key + " keeps " + strings.Join(kept, " ") + "\n"
		}
		return err
	})
}

// each does something with each of a list, some at a time.
func each(list []string, do func(string) error) error {
	var group sync.WaitGroup
	errs := make([]error, len(list))
	turns := make(chan struct{}, together)
	for i, one := range list {
		turns <- struct{}{}
		group.Go(func() {
			errs[i] = do(one)
			<-turns
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// asked is what is installed to try a release.
func (p *server) asked(version string) []string {
	return append([]string{p.name + "==" + version}, strings.Fields(p.with)...)
}

// builds are the options of an installer that takes only builds, unless the release is
// to be built.
func (p *server) builds() []string {
	if p.source {
		return nil
	}
	return []string{"--only-binary", ":all:"}
}

// pinned is the package that a condition is about.
func pinned(pin string) string {
	name, _, _ := strings.Cut(pin, "<")
	return name
}

// keeps lists the companions that a release keeps back, by what uv chooses beside it.
func (s settings) keeps(p *server, version string) ([]string, error) {
	cmd := exec.Command(s.uv, append([]string{"pip", "compile", "-q", "--no-header", "--no-annotate", "--python", s.python, "-"}, p.builds()...)...)
	cmd.Stdin = strings.NewReader(p.name + "==" + version)
	text, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) { // it cannot be installed
			return nil, nil
		}
		return nil, err
	}
	chosen := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, v, _ := strings.Cut(strings.TrimSpace(line), "==")
		chosen[name] = v
	}
	var out []string
	for _, c := range companions {
		name, bound, ok := strings.Cut(c.pin, "<")
		if v := chosen[name]; ok && v != "" && name != p.name && compareVersions(v, bound) < 0 && !slices.Contains(out, c.pin) {
			out = append(out, c.pin)
		}
	}
	slices.Sort(out)
	return out, nil
}
