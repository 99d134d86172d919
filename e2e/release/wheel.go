package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// wheel packs the command as a Python package that has nothing else: pip puts it
// among an environment's programs. Its layout is that of the "Binary distribution
// format" of the Python Packaging User Guide; PEP 770 says where the bill goes.
func (b *build) wheel(root string, parts []*part, bill []byte) (file, error) {
	version, err := python(b.version)
	if err != nil {
		return file{}, err
	}
	licence, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return file{}, err
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return file{}, err
	}
	name := "bokehbinder-" + version
	info := name + ".dist-info/"
	files := []file{
		{name + ".data/scripts/" + b.program(), b.binary, 0o755},
		{info + "licenses/LICENSE", licence, 0o644},
		{info + "licenses/" + thirdParty, notices(parts), 0o644},
		{info + "sboms/bokehbinder.cdx.json", bill, 0o644},
		{info + "WHEEL", b.tags(), 0o644},
		{info + "METADATA", b.metadata(version, parts, readme), 0o644},
	}
	record, err := recordOf(files, info+"RECORD")
	if err != nil {
		return file{}, err
	}
	data, err := zipped(append(files, record), b.at)
	return file{name: fmt.Sprintf("%s-py3-none-%s.whl", name, b.platforms), data: data}, err
}

// tags says which systems the wheel is for.
func (b *build) tags() []byte {
	text := "Wheel-Version: 1.0\nGenerator: bokehbinder\nRoot-Is-Purelib: false\n"
	for platform := range strings.SplitSeq(b.platforms, ".") {
		text += "Tag: py3-none-" + platform + "\n"
	}
	return []byte(text)
}

const repository = "https://github.com/bokehbinder/bokehbinder"

// relative are links of the README to files beside it.
var relative = regexp.MustCompile(`\]\(([a-z][\w./#-]*)\)`)

// metadata is what the package's page shows. The README's links lead to the tag,
// since the page has no files beside it.
func (b *build) metadata(version string, parts []*part, readme []byte) []byte {
	readme = relative.ReplaceAll(readme, []byte("]("+repository+"/blob/"+b.version+"/$1)"))
	var text bytes.Buffer
	for _, field := range [][2]string{
		{"Metadata-Version", "2.4"},
		{"Name", "bokehbinder"},
		{"Version", version},
		{"Summary", "Checks repositories for Binder, and puts their Bokeh dashboards into blog posts"},
		{"Description-Content-Type", "text/markdown"},
		{"Keywords", "binder,bokeh,dashboard,blog,hugo,jekyll"},
		{"License-Expression", expression(parts)},
		{"License-File", "LICENSE"},
		{"License-File", thirdParty},
		{"Classifier", "Environment :: Console"},
		{"Classifier", "Programming Language :: Go"},
		{"Requires-External", "git"},
		{"Project-URL", "Source, " + repository},
		{"Project-URL", "Documentation, https://bokehbinder.github.io/bokehbinder/"},
		{"Project-URL", "Changes, " + repository + "/blob/" + b.version + "/CHANGELOG.md"},
	} {
		fmt.Fprintf(&text, "%s: %s\n", field[0], field[1])
	}
	text.WriteByte('\n')
	text.Write(readme)
	return text.Bytes()
}

// recordOf lists the files of a wheel with their hashes.
func recordOf(files []file, name string) (file, error) {
	var list bytes.Buffer
	w := csv.NewWriter(&list)
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		if err := w.Write([]string{f.name, "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), strconv.Itoa(len(f.data))}); err != nil {
			return file{}, err
		}
	}
	if err := w.Write([]string{name, "", ""}); err != nil {
		return file{}, err
	}
	w.Flush()
	return file{name, list.Bytes(), 0o644}, w.Error()
}
