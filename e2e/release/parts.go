package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is a module that the command is made of.
type part struct {
	path, version string
	main          bool
	packages      []string        // those in the command
	needs         map[string]bool // paths of modules that its packages import
	notices       []file          // licences, and what goes with them
	licences      []string        // SPDX's names
}

// std is the name of Go's own library, as vulnerability databases call it.
const std = "std"

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	Imports         []string
	Module          *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// partsOf returns the modules whose packages are in the command, the main one
// first and the others by their paths.
func partsOf(root string, t target) ([]*part, error) {
	packages, err := list(root, t)
	if err != nil {
		return nil, err
	}
	found, home := map[string]*part{}, map[string]*part{}
	for _, p := range packages {
		m := found[p.Module.Path]
		if m == nil {
			m = &part{path: p.Module.Path, version: p.Module.Version, main: p.Module.Main, needs: map[string]bool{}}
			found[m.path] = m
		}
		home[p.ImportPath], m.packages = m, append(m.packages, p.ImportPath)
		if m.main {
			continue
		}
		if err := m.read(p.Dir, p.Module.Dir); err != nil {
			return nil, err
		}
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if to := home[imported]; to != nil && to != home[p.ImportPath] {
				home[p.ImportPath].needs[to.path] = true
			}
		}
	}
	parts := slices.SortedFunc(maps.Values(found), func(a, b *part) int { return cmp.Compare(a.order(), b.order()) })
	for _, m := range parts {
		if err := m.classify(); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (m *part) order() string {
	if m.main {
		return ""
	}
	return m.path
}

// list lists the packages of the command. Those of Go's library are one module.
func list(root string, t target) ([]*listed, error) {
	env, err := goCommand(root, t, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	goroot, version, _ := strings.Cut(strings.TrimSpace(string(env)), "\n")
	out, err := goCommand(root, t, "list", "-deps", "-json=ImportPath,Dir,Standard,Imports,Module", "./cmd/bokehbinder")
	if err != nil {
		return nil, err
	}
	var packages []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		if p.Standard {
			p.Dir = goroot
			p.Module = &struct {
				Path, Version, Dir string
				Main               bool
			}{Path: std, Version: strings.TrimPrefix(version, "go"), Dir: goroot}
		}
		packages = append(packages, p)
	}
}

// notice is a file that must go with what it speaks of.
var notice = regexp.MustCompile(`(?i)^(licen[cs]es?|copying|unlicense|copyright|notice|attrib|patents)(\.(md|txt|rst))?$`)

// read takes the notices of a package's folder and of those above it, down to
// the module's.
func (m *part) read(dir, top string) error {
	for ; ; dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !notice.MatchString(e.Name()) {
				continue
			}
			name, err := filepath.Rel(top, filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			if slices.ContainsFunc(m.notices, func(f file) bool { return f.name == name }) {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			m.notices = append(m.notices, file{name: name, data: data})
		}
		if dir == top {
			return nil
		}
	}
}

// apart are licences of one package of a module alone, by the module and licence.
var apart = map[[2]string]string{
	{"github.com/alecthomas/chroma/v2", "OFL-1.1"}: "github.com/alecthomas/chroma/v2/formatters/svg", // a font
}

// fine are the licences whose works may be part of one under the MIT licence, as
// long as their texts go with it.
var fine = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// classify names the licences. One that nobody knows, or that asks for more, is an
// error: somebody must decide.
func (m *part) classify() error {
	if m.main {
		return nil
	}
	slices.SortFunc(m.notices, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	for _, f := range m.notices {
		for _, match := range licensecheck.Scan(f.data).Match {
			if !match.IsURL && !m.spares(match.ID) {
				m.licences = append(m.licences, match.ID)
			}
		}
	}
	slices.Sort(m.licences)
	m.licences = slices.Compact(m.licences)
	for _, id := range m.licences {
		if !slices.Contains(fine, id) {
			return fmt.Errorf("%s is under %s, which is not among %s", m.path, id, strings.Join(fine, ", "))
		}
	}
	if len(m.licences) == 0 {
		return fmt.Errorf("no licence is found of %s", m.path)
	}
	return nil
}

// spares reports whether a text concerns nothing that is in the command, or only
// gives more rights, as Google's on patents.
func (m *part) spares(id string) bool {
	only, ok := apart[[2]string{m.path, id}]
	return ok && !slices.Contains(m.packages, only) || id == "GooglePatentsFile"
}

// thirdParty is the file that notices are given out in.
const thirdParty = "THIRD_PARTY.txt"

// notices writes the notices of all modules.
func notices(parts []*part) []byte {
	var text bytes.Buffer
	text.WriteString("bokehbinder is made of works of others, too. Their licences and notices:\n")
	for _, m := range parts {
		for _, f := range m.notices {
			fmt.Fprintf(&text, "\n%s\n%s %s, %s\n\n%s\n", strings.Repeat("=", 72), m.path, m.version, f.name, bytes.TrimSpace(f.data))
		}
	}
	return text.Bytes()
}

// expression is the licence of the whole, as SPDX writes it: our own and that of
// all parts.
func expression(parts []*part) string {
	ids := []string{"MIT"}
	for _, m := range parts {
		ids = append(ids, m.licences...)
	}
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), " AND ")
}
