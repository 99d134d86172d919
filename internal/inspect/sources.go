package inspect

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

// maxSource bounds the Python and JSON that is parsed.
const maxSource = 256 << 10

// source is a text that may configure Jupyter: a file, or what postBuild
// writes to one.
type source struct {
	// path is the repository's file in which the text stands, and target the
	// file that it is written to; both are the same for a file.
	path, target string
	// text has as many line ends before it as there are lines before it in
	// the file.
	text string
}

// configSources lists the texts that may configure Jupyter, in the order of
// their paths.
func (f *Facts) configSources() []source {
	var out []source
	for _, file := range f.Snapshot.files {
		blob, ok := f.Snapshot.blobs[file.Path]
		if !ok || len(blob.Data) > maxSource {
			continue
		}
		if ext := path.Ext(file.Path); ext == ".py" || ext == ".json" {
			if target, ok := f.Snapshot.Resolve(file.Path); ok && target == file.Path {
				out = append(out, source{file.Path, file.Path, string(blob.Data)})
			}
		}
	}
	return append(out, f.written(f.Build.Path(binder.PostBuild))...)
}

// written lists what a script writes to files that configure Jupyter: by
// "cat > FILE <<EOF", "tee FILE <<EOF" or "echo TEXT > FILE".
func (f *Facts) written(script string) []source {
	var out []source
	commands, _ := f.Script(script)
	for _, c := range commands {
		target, text, line := c.Output, c.Here, c.HereLine
		switch path.Base(c.Args[0]) {
		case "tee":
			if target == "" {
				target = c.Args[len(c.Args)-1]
			}
		case "cat":
		case "echo", "printf":
			text, line = strings.Join(c.Args[1:], " ")+"\n", c.Line
		default:
			continue
		}
		if text != "" && IsJupyterConfig(target) {
			out = append(out, source{script, target, strings.Repeat("\n", line-1) + text})
		}
	}
	return out
}

// Script returns the commands of a shell script of the repository, parsed
// once. They are none if it is not there, was not read, or is not a shell
// script by its first line.
func (f *Facts) Script(p string) ([]Command, error) {
	if parsed, ok := f.scripts[p]; ok {
		return parsed.commands, parsed.err
	}
	var parsed parsedScript
	if text, ok := f.Snapshot.Read(p); ok && !otherShebang(string(text)) {
		parsed.commands, parsed.err = ParseShell(string(text))
	}
	f.scripts[p] = parsed
	return parsed.commands, parsed.err
}

// otherShebang says whether a script's first line names an interpreter that
// is not a shell.
func otherShebang(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(first, "#!") && !strings.Contains(first, "sh")
}

// Module returns what is known of a Python file of the repository, parsed
// once. It is nil if the file was not read or is too large.
func (f *Facts) Module(p string) *python.Module {
	if m, ok := f.modules[p]; ok {
		return m
	}
	var m *python.Module
	if text, ok := f.Snapshot.Read(p); ok && len(text) <= maxSource {
		m = python.Run(python.Parse(string(text)), path.Join(python.Home, p))
	}
	f.modules[p] = m
	return m
}
