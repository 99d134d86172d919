package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const indexHead = `# Builds on Python's package index, of %s: for which Pythons a release has
# a wheel for Linux on x86-64 (of any Python, of one, or of a stable ABI), whether
# it has a source, which Pythons it says it is for, and its versions. Releases all of
# which was taken back (yanked) are among them, since a pin still installs them.
# go run . index
`

// measureIndex reads what pip says of each file that the index has.
func measureIndex(s settings) (string, error) {
	had, err := s.sections("index")
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, indexHead, s.date)
	for _, p := range compiled {
		if !s.wanted(p.name) {
			out.WriteString(had[p.name])
			continue
		}
		text, err := run(s.python, "-c", pipIndex, p.name)
		if err != nil {
			return "", fmt.Errorf("%w\n%s", err, text)
		}
		r := releases{}
		for line := range strings.Lines(text) {
			if m := fileLine.FindStringSubmatch(line); m != nil {
				r.file(m[1], m[3], m[2] != "")
			}
		}
		for _, one := range r {
			if p.pure && one.source {
				one.ofAny()
			}
		}
		if len(r) == 0 {
			return "", fmt.Errorf("pip names no file of %s", p.name)
		}
		out.WriteString(r.write(p.name))
	}
	return out.String(), nil
}

// pipIndex has pip say of each file whether it was taken back, which it knows and does
// not log.
const pipIndex = `
import sys
from pip._internal.cli.main import main
from pip._internal.models.link import Link
told = Link.__str__
Link.__str__ = lambda link: told(link).replace(" (from ", " (yanked) (from ") if link.is_yanked else told(link)
sys.exit(main(["index", "versions", sys.argv[1], "--ignore-requires-python", "--no-cache-dir", "-vvv"]))
`

var (
	// fileLine is a line of pip's about one file: its name, whether it was taken back,
	// and its requires-python.
	fileLine   = regexp.MustCompile(`https://\S+/([^/\s#]+\.(?:whl|tar\.gz|tar\.bz2|zip))\S*( \(yanked\))? \(from [^)]*\)(?: \(requires-python:([^)]*)\))?`)
	sourceName = regexp.MustCompile(`^.+-([0-9][^-]*)\.(?:tar\.gz|tar\.bz2|zip)$`)
	final      = regexp.MustCompile(`^\d+(\.\d+)*(\.?post\d+)?$`)
	post       = regexp.MustCompile(`\.?post\d+$`)
)

// file notes one file of the index.
func (r releases) file(name, requires string, yanked bool) {
	wheel := strings.HasSuffix(name, ".whl")
	version := ""
	if wheel {
		version = strings.Split(name, "-")[1]
	} else if m := sourceName.FindStringSubmatch(name); m != nil {
		version = m[1]
	}
	if !final.MatchString(version) {
		return
	}
	one := r.get(post.ReplaceAllString(version, ""))
	if requires != "" {
		one.requires = requires
	}
	one.kept = one.kept || !yanked
	if !wheel {
		one.source = true
		return
	}
	for _, p := range pythons {
		if wheelFits(name, p) {
			one.pythons[p] = true
		}
	}
}

// wheelFits says whether a wheel is for a CPython on Linux on x86-64.
func wheelFits(name, python string) bool {
	parts := strings.Split(strings.TrimSuffix(name, ".whl"), "-")
	if len(parts) < 5 {
		return false
	}
	parts = parts[len(parts)-3:]
	return slices.ContainsFunc(strings.Split(parts[2], "."), platformFits) &&
		slices.ContainsFunc(strings.Split(parts[0], "."), func(tag string) bool { return pythonFits(tag, strings.Split(parts[1], "."), python) })
}

// glibc is the minor version of the C library in repo2docker's images.
const glibc = 39

// platformFits says whether a wheel's platform is a Linux such as BinderHubs
// have. A file may name several.
func platformFits(platform string) bool {
	if n, ok := strings.CutPrefix(platform, "manylinux_2_"); ok {
		n, ok = strings.CutSuffix(n, "_x86_64")
		minor, err := strconv.Atoi(n)
		return ok && err == nil && minor <= glibc
	}
	matched, _ := path.Match("manylinux*_x86_64", platform)
	return platform == "any" || platform == "linux_x86_64" || matched
}

// pythonFits says whether a wheel's tag of Python and its ABIs are for a CPython.
func pythonFits(tag string, abis []string, python string) bool {
	major, minor, _ := strings.Cut(python, ".")
	own := "cp" + major + minor
	switch {
	case tag == "py"+major || tag == "py"+major+minor:
		return slices.Contains(abis, "none")
	case tag == own:
		return slices.ContainsFunc(abis, func(abi string) bool {
			return abi == own || abi == own+"m" || abi == own+"mu" || abi == "none" || abi == "abi3"
		})
	case strings.HasPrefix(tag, "cp"+major) && slices.Contains(abis, "abi3"):
		least, err := strconv.Atoi(strings.TrimPrefix(tag, "cp"+major))
		have, _ := strconv.Atoi(minor)
		return err == nil && least <= have
	}
	return false
}
