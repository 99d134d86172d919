// Package card says what one git repository holds at one commit, as far as
// Binder and the reader of a post care: its apps, the files that make it work
// on Binder, and what was noticed about them.
//
// A [Card] is plain data. It holds no HTML, no address of a hub and no setting
// of a page, so that one card serves every page that shows the repository. Its
// JSON is the contract between whatever reads repositories and whatever shows
// them; [Version] counts the changes of that contract.
//
// A [Source] turns a [Request] into a card.
package card

import (
	"encoding/json"
	"fmt"
	"io"
)

// To raise it, change it here and in doors.json, from which Hugo's templates know
// it, and write the change into CHANGELOG.md. A field that readers can do without
// needs no new version before the first release of the module; a field that is
// taken out, or means something else, does.

// Version is the version of the JSON form that this package reads and writes.
// Cards of another version are refused, with both versions named.
const Version = 1

// Card is what one repository holds at one commit. Its zero value is a
// repository with nothing in it.
type Card struct {
	// Version of the JSON form; see [Version].
	Version int `json:"version"`
	// Repo is the repository's address as a browser opens it, without a final
	// slash or ".git". For a local folder it is the folder's name.
	Repo string `json:"repo"`
	// Commit is the full hash of the commit, in lower case. It is empty for a
	// local folder: a work tree has no commit, and nothing can launch it.
	Commit string `json:"commit"`
	// Date of the commit, RFC 3339 in UTC, empty when there is no commit.
	Date string `json:"date"`
	// URL shows the repository at the commit in a browser. It is empty when
	// the forge's addresses are not known.
	URL string `json:"url"`
	// Provider and Spec are the last parts of Binder's launch path,
	// {hub}/v2/{Provider}/{Spec}, pinned to the commit and already escaped.
	// Both are empty when there is nothing to launch.
	Provider string `json:"provider"`
	Spec     string `json:"spec"`
	// ConfigDir is the folder that repo2docker takes its files from: ".binder",
	// "binder", or empty for the root.
	ConfigDir string `json:"configDir"`
	// Buildpack is repo2docker's build pack for the repository: "docker",
	// "julia", "nix", "r", "conda", "pipfile", "python", or empty where none
	// detects.
	Buildpack string `json:"buildpack"`
	// Apps are the apps that something in the repository starts, in the order
	// in which they were found.
	Apps []App `json:"apps"`
	// Files are the files that Binder needs and the apps' own, in the order in
	// which a reader wants them.
	Files []File `json:"files"`
	// Unlisted says that there are more such files, too many to list. A finding has
	// which they are.
	Unlisted bool `json:"unlisted,omitempty"`
	// Pieces are those of files that a page asked for, in no order that means
	// something. What a request asks for and is no piece is a file.
	Pieces []Piece `json:"pieces,omitempty"`
	// Findings are remarks for the repository's author.
	Findings []Finding `json:"findings"`
}

// App is one app of a repository, and where it answers.
type App struct {
	// Name by which a tag's app argument chooses it.
	Name string `json:"name"`
	// Path of the app's folder, or of its file when it is a single file. It is
	// "." for the root, and empty for a server that is told no file of the
	// repository.
	Path string `json:"path"`
	// Entry is the file that is run: Path, or main.py or main.ipynb below it.
	// It is empty where that is not known, as in a submodule.
	Entry string `json:"entry"`
	// URLPath is where the app answers below the Jupyter server's base
	// address. It begins with a slash.
	URLPath string `json:"urlpath"`
	// From says where the address is known from; empty on cards that do not say.
	From From `json:"from,omitempty"`
	// Cookie says that the app's framework works in a frame only with the
	// server's cookie, as Streamlit, Dash and Voilà do. Bokeh and Panel do
	// without.
	Cookie bool `json:"cookie,omitempty"`
}

// From says where an app's address is known from.
type From string

// The sources of an app's address.
const (
	FromStart   From = "start"   // a command, an entry or a configuration starts it there
	FromLink    From = "link"    // the author's own launch link names it, and something serves it
	FromPackage From = "package" // a package serves it by itself, and it is the only one
)

// Role says what a file is for.
type Role string

// The roles of files.
const (
	RoleApp         Role = "app"         // an app's own source
	RoleEnvironment Role = "environment" // what is installed
	RoleServer      Role = "server"      // what starts the app beside Jupyter
	RoleBuild       Role = "build"       // what runs while the image is built
	RoleStart       Role = "start"       // what runs when the server starts
	RoleData        Role = "data"        // what the app reads
	RoleDocs        Role = "docs"        // what people read
	RoleExtra       Role = "extra"       // none of these, but a page asked for it
)

// Omitted says why a file's text is not on the card.
type Omitted string

// The reasons for leaving a file's text out. The empty reason means that Text
// is the whole file.
const (
	OmittedBinary    Omitted = "binary"    // not text
	OmittedLarge     Omitted = "large"     // over the limit for a file or for a card
	OmittedLFS       Omitted = "lfs"       // a Git LFS pointer; the content is elsewhere
	OmittedSymlink   Omitted = "symlink"   // a symbolic link
	OmittedSubmodule Omitted = "submodule" // a commit of another repository
	OmittedListed    Omitted = "listed"    // only listed: nobody needs to read it here
)

// Limits on text, in bytes of UTF-8.
const (
	MaxFileText = 64 << 10
	MaxCardText = 512 << 10
)

// File is one file of a repository.
type File struct {
	// Path from the repository's root, with slashes, as valid UTF-8: bytes
	// that are not are written as \xNN. Here as in Text, characters that
	// cannot be seen, such as those that turn the direction of writing, are
	// written out: ⟨U+202E⟩.
	Path string `json:"path"`
	Role Role   `json:"role"`
	// Language for highlighting, as chroma names its lexers in lower case;
	// empty for plain text.
	Language string `json:"language"`
	// Size in bytes, or -1 when it is not known because the file was not
	// fetched.
	Size int64 `json:"size"`
	// Mode is git's: "100644", "100755", "120000" (symbolic link) or "160000"
	// (submodule).
	Mode string `json:"mode"`
	// URL shows the file at the card's commit in a browser; empty when unknown.
	URL string `json:"url"`
	// Text is the file's content: valid UTF-8 with LF line ends. When Omitted
	// is [OmittedLarge] it is the beginning of the file, cut at a line's end,
	// or empty.
	Text    string  `json:"text"`
	Omitted Omitted `json:"omitted"`
}

// Piece is a piece of a file that a page asked for, or why it cannot be shown.
type Piece struct {
	// Of is what was asked for, as [Request.Files] has it: the file's path, "#",
	// and lines of it or a name in it.
	Of string `json:"of"`
	// Path of the file, and Name, what follows the "#", as readers see them.
	Path string `json:"path"`
	Name string `json:"name"`
	// First and Last are its lines in the file, from 1; both are 0 where there is
	// a problem.
	First int `json:"first"`
	Last  int `json:"last"`
	// Language for highlighting, as that of a [File].
	Language string `json:"language"`
	// URL shows the lines at the card's commit in a browser; empty when unknown.
	URL string `json:"url"`
	// Text is the lines, as those of a [File].
	Text string `json:"text"`
	// Problem says why there is none, and Valid what there is instead.
	Problem string `json:"problem,omitempty"`
	Valid   string `json:"valid,omitempty"`
}

// Level says how much a finding matters.
type Level string

// The levels of findings.
const (
	LevelError   Level = "error"   // the build or the app fails
	LevelWarning Level = "warning" // it works, but not everywhere or not for long
	LevelNote    Level = "note"    // worth knowing
)

// Finding is one remark about a repository, for its author.
type Finding struct {
	ID      string `json:"id"`
	Level   Level  `json:"level"`
	Path    string `json:"path"`
	Line    int    `json:"line"`   // from 1; 0 when it is about the whole file
	Column  int    `json:"column"` // in bytes, from 1; 0 when it is about the whole line
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// Write writes the card as indented JSON, in the fields' order, with a final
// newline. Empty lists are written as [], never as null.
func (c *Card) Write(w io.Writer) error {
	out := *c
	out.Version = Version
	if out.Apps == nil {
		out.Apps = []App{}
	}
	if out.Files == nil {
		out.Files = []File{}
	}
	if out.Findings == nil {
		out.Findings = []Finding{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(&out)
}

// Read reads one card as [Card.Write] writes it. A card of another version,
// text after the card and unknown fields are errors.
func Read(r io.Reader) (*Card, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var c Card
	if err := dec.Decode(&c); err != nil {
		return nil, fmt.Errorf("read card: %w", err)
	}
	if c.Version != Version {
		return nil, fmt.Errorf("read card: version %d, but only version %d is known", c.Version, Version)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("read card: there is text after it")
	}
	return &c, nil
}

// AppNames lists the names of the apps.
func (c *Card) AppNames() []string {
	names := make([]string, len(c.Apps))
	for i, a := range c.Apps {
		names[i] = a.Name
	}
	return names
}

// App returns the app with the given name, or the first one if name is empty.
// It returns nil if there is none.
func (c *Card) App(name string) *App {
	for i := range c.Apps {
		if name == "" || c.Apps[i].Name == name {
			return &c.Apps[i]
		}
	}
	return nil
}
