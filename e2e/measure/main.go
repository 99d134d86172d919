// Command measure writes the tables of internal/repository/releases anew, from
// what the package index and conda-forge have and from what runs on this
// machine. It is run by hand; each table says how.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// settings say where to look and what with.
type settings struct {
	python     string // the interpreter that repo2docker would take
	uv         string // the program uv
	feedstocks string // folder with a clone of each feedstock
	only       string // packages, with commas between them
	from       string // their first release
	missing    bool   // only what the table does not have
	out        string // folder of the tables
	date       string
}

// tables are what can be measured, by the names of their files.
var tables = map[string]func(settings) (string, error){
	"index": measureIndex,
	"conda": measureConda,
	"built": measureBuilt,
	"runs":  measureRuns,
}

func main() {
	var s settings
	flag.StringVar(&s.python, "python", "python3.10", "the interpreter to measure with")
	flag.StringVar(&s.uv, "uv", "uv", "the program uv")
	flag.StringVar(&s.feedstocks, "feedstocks", "", "a folder with a clone of NAME-feedstock for each package")
	flag.StringVar(&s.only, "only", "", "measure these packages alone, with commas between them")
	flag.StringVar(&s.from, "from", "", "measure what runs from this release on")
	flag.StringVar(&s.date, "date", time.Now().UTC().Format("January 2006"), "when the data are of")
	flag.BoolVar(&s.missing, "missing", false, "try only the releases that the table of runs does not have")
	flag.StringVar(&s.out, "out", "../../internal/repository/releases", "the folder to write into; - for standard output")
	flag.Parse()
	for _, name := range flag.Args() {
		measure, ok := tables[name]
		if !ok {
			fatal(fmt.Errorf("there is no table %q", name))
		}
		text, err := measure(s)
		if err == nil {
			err = s.save(name, text)
		}
		if err != nil {
			fatal(fmt.Errorf("%s: %w", name, err))
		}
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(1)
}

// save writes a table, as far as it is measured.
func (s settings) save(name, text string) error {
	if s.out == "-" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(filepath.Join(s.out, name+".txt"), []byte(text), 0o644)
}

// wanted says whether a package is to be measured.
func (s settings) wanted(name string) bool {
	return s.only == "" || slices.Contains(strings.Split(s.only, ","), name)
}

// run runs a command to its end and returns all that it printed.
func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return out.String(), nil
}
