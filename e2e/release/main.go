// Command release builds what a release consists of: the command for each system,
// in an archive and in a Python wheel, with the licences and the list of what it is
// made of, and checksums. The same commit gives the same bytes in every folder and
// on every machine that has the same Go.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// settings say what to build and where to.
type settings struct {
	root   string // the module's folder
	out    string // a folder for the files
	tag    string // of the commit, if it must have one
	system string // as linux/amd64; all where it is empty
}

func main() {
	var s settings
	flag.StringVar(&s.root, "root", "..", "the module's folder")
	flag.StringVar(&s.out, "out", "../build/release", "a folder for the files")
	flag.StringVar(&s.tag, "tag", "", "fail unless this tag, and nothing else, is what is built")
	flag.StringVar(&s.system, "system", "", "one system, as linux/amd64; all where it is empty")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run builds a release.
func run(s settings) error {
	targets, err := choose(s.system)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	var all []file
	for _, t := range targets {
		files, err := s.build(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		all = append(all, files...)
	}
	for _, f := range append(all, checksums(all)) {
		if err := os.WriteFile(filepath.Join(s.out, f.name), f.data, 0o644); err != nil {
			return err
		}
		fmt.Println(f.name)
	}
	return nil
}

// build builds the files for one system.
func (s settings) build(t target) ([]file, error) {
	b, err := compile(s.root, t)
	if err != nil {
		return nil, err
	}
	if s.tag != "" && b.version != s.tag {
		return nil, fmt.Errorf("the version is %s, not %s: that tag is not checked out as it is", b.version, s.tag)
	}
	parts, err := partsOf(s.root, t)
	if err != nil {
		return nil, err
	}
	bill, err := b.bill(parts)
	if err != nil {
		return nil, err
	}
	archive, err := b.archive(s.root, parts)
	if err != nil {
		return nil, err
	}
	wheel, err := b.wheel(s.root, parts, bill)
	if err != nil {
		return nil, err
	}
	return []file{archive, wheel, {name: b.name() + ".cdx.json", data: bill}}, nil
}
