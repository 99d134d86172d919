// Package framework has one row for each framework that apps are written for:
// what brings it, what starts it, where it then answers, and what it needs of
// the page that frames it. Whoever treats one framework differently from
// another reads that from its row.
package framework

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Framework is one row.
type Framework struct {
	// Name as people write it.
	Name string
	// Package brings it, on PyPI and conda-forge alike, and Module is what its
	// apps import.
	Package, Module string
	// Library says that what is written for other frameworks imports Module,
	// too. Mark is then what the source of an app calls besides.
	Library bool
	Mark    string
	// Command starts it. Without a program, the app is a Python script that
	// serves itself.
	Command Command
	// Files are the extensions of what it serves, Mains the names of files that
	// make their folder an app.
	Files, Mains []string
	// OfFolders are files, and folders with a slash, beside one of Mains that are
	// used only where the folder is served, and not that file alone.
	OfFolders []string
	// MainOnly says that a notebook is taken to be written for it only under one
	// of those names: others draw with Module as well.
	MainOnly bool
	// Routes says that a server has several apps, each at its own name below
	// the server's address. The others' address is the app's.
	Routes bool
	// Server says that it is some web server: what its apps are is not known.
	Server bool
	// Port on which it listens where it is not told, PortOption which tells it,
	// and PortVariable of the environment which does.
	Port, PortOption, PortVariable string
	// Prefix says how it is told below which address it is reached.
	Prefix Prefix
	// Origin says how it is told whose websockets to take; nil where it takes
	// all that come by the proxy.
	Origin *Origin
	// Resources say where its page takes the scripts from; nil where all come
	// from the app's own address.
	Resources *Resources
	// CDN has the scripts of its pages where Resources are chosen so; nil where
	// it has none of its own.
	CDN *CDN
	// Cookie says that its page works in a frame of another site only with the
	// Jupyter server's cookie.
	Cookie bool
	// Frame says that its page refuses to be framed by other sites; nil where it
	// does not.
	Frame *Frame
	// Configs are the files in the working folder that configure it, and Classes those
	// that a configuration of Jupyter's sets for it.
	Configs, Classes []string
	// R are the functions of R that serve its apps, where R is told where to
	// listen; nil where it is not written in R.
	R *R
	// Brings are the apps that packages serve by themselves once they are
	// installed.
	Brings []Brought
	// Entry is how an entry of jupyter-server-proxy starts it.
	Entry Entry
}

// R are functions of R.
type R struct {
	// Functions serve what their first argument names, or one of these names.
	Functions, Names []string
	// Port is the argument that tells the port, Lists those with a list of such
	// arguments, and Option the one of R's options that does.
	Port   string
	Lists  []string
	Option string
}

// Prefix is how a framework is told its address.
type Prefix struct {
	// Needed says that its page does not work behind the proxy without.
	Needed bool
	// Option of the command.
	Option string
	// Variables of the environment, and Names in the app's own source.
	Variables, Names []string
}

// Origin is how a framework is told the hosts whose websockets it takes.
type Origin struct{ Option, Variable string }

// Resources say where the scripts of a page come from.
type Resources struct {
	// Variable that chooses, and Chosen the beginnings of its values that make
	// the page independent of the server.
	Variable string
	Chosen   []string
	// Setting is how an app's own source chooses, and Template what a template
	// has that writes the scripts itself.
	Setting  string
	Template []string
	// Package whose release decides about what follows.
	Package string
	// Releases are those that were measured, and those on both sides of a
	// change, and Pythons from which release on it needs which Python, the
	// newest first: what pip chooses for each Python in late 2026.
	Releases []string
	Pythons  []Needs
	// White is the release from which on a page whose scripts come from the
	// server stays white everywhere; empty where it works in a tab.
	White string
	// Ignored are the releases that ignore the variable.
	Ignored Span
}

// CDN is a host with the files of a package.
type CDN struct {
	// Host, and Folder which is there whatever the release.
	Host, Folder string
	// Path matches the paths of files. In Info and File its groups stand as $1
	// and so on: Info is the folder that is there only in the right release, File
	// the file, both below site-packages.
	Path       *regexp.Regexp
	Info, File string
}

// Needs says from which release on a package needs which Python.
type Needs struct{ From, Python string }

// Span is a range of releases: from one on, below another. It is empty without
// a beginning.
type Span struct{ From, Below string }

// Frame is how a page refuses frames.
type Frame struct {
	// Header is the part of the answer that refuses, which an argument of the
	// command that names it may change, and Policy the name of the header it is in.
	Header, Policy string
}

// Brought are the apps that a package serves by itself once it is installed
// where Jupyter's server runs.
type Brought struct {
	Package string
	// Base is the address below which they are, and Route how the rest of an
	// app's address follows from its path.
	Base  string
	Route Route
	// Files are the extensions of what it serves, Mains the names of files that
	// make their folder an app.
	Files, Mains []string
	// Mark is what the text of a file has that it serves alone, where that is not
	// any file.
	Mark string
	// Folders is the address below which folders are listed; empty where none
	// are.
	Folders string
	// Config is the file in the working folder whose list "apps" has patterns of
	// what is served, and Prefer the folder that alone is looked through where
	// there is one. Left lists patterns of what is left out.
	Config, Prefer string
	Left           []string
	// Whole says that the address itself is all that it serves, and no app of the
	// repository's.
	Whole bool
	// Proxied says that the package starts a server of its own behind
	// jupyter-server-proxy.
	Proxied bool
}

// Route says how the address of an app follows from its path.
type Route uint8

// The routes.
const (
	RoutePath   Route = iota // the whole path
	RouteStem                // the name without its extension
	RouteFolder              // the path of the folder and a slash; of a file that is one app its path
)

// Entry is an entry of jupyter-server-proxy. FILE and NAME stand for the app's
// file and the entry's name; what stands in braces the proxy fills in.
type Entry struct {
	Command     []string
	Environment []Variable
	// AbsoluteURL says that the app is asked for by its whole address.
	AbsoluteURL bool
}

// Variable is a variable of the environment.
type Variable struct{ Name, Value string }

// Fill writes the app's file and the entry's name into a text of the entry.
func Fill(text, file, name string) string {
	return strings.NewReplacer("FILE", file, "NAME", name).Replace(text)
}

// All lists the rows. Those whose modules others import come last, and of two
// of them the one that imports the other first.
func All() []*Framework { return slices.Clone(rows) }

// OfProgram returns the framework that a program is the command of, by the
// program's name or path, or nil.
func OfProgram(program string) *Framework {
	name := path.Base(program)
	for _, f := range rows {
		if f.Command.Program != "" && f.Command.Program == name {
			return f
		}
	}
	return nil
}

// OfModules returns the framework for which a source is written that imports
// modules, in their order, or nil.
func OfModules(modules []string) *Framework {
	for _, m := range modules {
		for _, f := range rows {
			if f.Module == m && !f.Library {
				return f
			}
		}
	}
	for _, f := range rows {
		if f.Library && slices.Contains(modules, f.Module) {
			return f
		}
	}
	return nil
}

// OfNotebook returns the framework that a notebook is taken to be written for, by
// its name and, where that is known, by which framework it uses.
func OfNotebook(name string, known bool, uses func(*Framework) bool) *Framework {
	var other *Framework
	for _, f := range rows {
		main := slices.Contains(f.Mains, name)
		switch {
		case !f.Serves(name):
		case !f.Library:
			other = f
		case uses(f) && (main || !f.MainOnly), f.MainOnly && main && !known:
			return f
		}
	}
	return other
}

// Default returns the framework of what is written for none that is known.
func Default() *Framework { return rows[len(rows)-1] }

// Mains lists the names of files that make their folder an app.
func Mains() []string {
	var out []string
	for _, f := range rows {
		for _, name := range f.Mains {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// runs are the functions by which a Python program of whatever framework becomes
// a server.
var runs = strings.Fields("run run_server run_app launch serve serve_forever listen")

// Runs says whether a function of this name makes a Python program a server.
func Runs(name string) bool { return slices.Contains(runs, name[strings.LastIndexByte(name, '.')+1:]) }

// Serves says whether the package serves a file of this name by itself.
func (b *Brought) Serves(file string) bool { return slices.Contains(b.Files, path.Ext(file)) }

// Known says whether the package of a name serves apps by itself, as a row says.
func Known(name string) bool {
	return slices.ContainsFunc(rows, func(f *Framework) bool {
		return slices.ContainsFunc(f.Brings, func(b Brought) bool { return b.Package == name && !b.Whole })
	})
}

// IsConfig says whether a path is of a configuration that says which apps a
// package serves.
func IsConfig(p string) bool { return configs[p] }

var configs = func() map[string]bool {
	out := map[string]bool{}
	for _, f := range rows {
		for _, b := range f.Brings {
			out[b.Config] = b.Config != ""
		}
	}
	return out
}()

// InR lists the rows of what is written in R.
func InR() []*Framework {
	return slices.DeleteFunc(All(), func(f *Framework) bool { return f.R == nil })
}

// Serves says whether the framework serves a file of this name.
func (f *Framework) Serves(file string) bool { return slices.Contains(f.Files, path.Ext(file)) }
