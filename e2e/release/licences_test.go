package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/licences.md anew")

// TestLicences has the documentation list what the command is made of, as it is.
func TestLicences(t *testing.T) {
	rows, all := map[string][]string{}, map[string]bool{}
	for _, to := range targets {
		parts, err := partsOf("../..", to)
		if err != nil {
			t.Fatal(err)
		}
		all[to.os] = true
		for _, m := range parts[1:] {
			version := m.version
			if m.path == std {
				version = "Go's"
			}
			row := fmt.Sprintf("| `%s` | %s | %s |", m.path, version, strings.Join(m.licences, ", "))
			if !slices.Contains(rows[row], to.os) {
				rows[row] = append(rows[row], to.os)
			}
		}
	}
	text := "# What the command is made of\n\n" +
		"A release has the texts of these licences in `" + thirdParty + "`, and this list for\n" +
		"programs in its bill of materials. `make update` writes the list. The licences are named\n" +
		"by [licensecheck](https://github.com/google/licensecheck), after the files of each\n" +
		"module; one that is not among\n" + strings.Join(fine[:len(fine)-1], ", ") + " and " + fine[len(fine)-1] + " fails the tests.\n\n" +
		"| module | version | licence | in the programs for |\n|---|---|---|---|\n"
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		in := strings.Join(rows[row], ", ")
		if len(rows[row]) == len(all) {
			in = "all"
		}
		text += row + " " + in + " |\n"
	}
	const file = "../../docs/licences.md"
	if *update {
		write(t, file, text)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("%s is not as it should be (%v); make update writes it:\n%s", file, err, text)
	}
}

// TestClassify has licences fail that nobody has decided about.
func TestClassify(t *testing.T) {
	gpl := "This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version."
	for text, says := range map[string]string{gpl: "is under GPL-3.0-or-later", "All rights reserved.": "no licence is found"} {
		m := &part{path: "example.org/x", notices: []file{{name: "LICENSE", data: []byte(text)}}}
		if err := m.classify(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
	font := &part{path: "github.com/alecthomas/chroma/v2", packages: []string{"github.com/alecthomas/chroma/v2/formatters/svg"}}
	if font.spares("OFL-1.1") {
		t.Error("the font's licence is left out, and the font is there")
	}
}
