package jupyter

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Config is what Jupyter's server reads as its configuration.
type Config struct {
	// Servers are the entries of jupyter-server-proxy, in the order of the files
	// that they stand in: also those in files that the server does not read.
	Servers []Server
	// Absent are the entry points of packages that give no entry, since what they name
	// is not in the repository.
	Absent []Absent
	// Extensions are the modules that the configuration enables or disables as
	// extensions of the server.
	Extensions []Extension
	// Files are those of the repository, and of its scripts, that configure
	// Jupyter by their name or by what they say.
	Files []File
	// Modules are the Python sources that are read, or perhaps read.
	Modules []*python.Module
	// Gaps are the places of what cannot be known of the configuration.
	Gaps []position.Position
	// Cut says that scripts do something with more of the repository's files than is followed.
	Cut bool
	// MorePoints says that packages have more entry points than are looked at.
	MorePoints bool

	merged *section
}

// Server is an entry of jupyter-server-proxy.
type Server struct {
	Name  string
	Entry *python.Dict
	// At is where it stands.
	At position.Position
	// Read says whether Jupyter's server reads it.
	Read Answer
	// Module is that of the functions in it; nil for JSON.
	Module *python.Module
	// Package is the file of the package whose entry point gives it, such as
	// setup.py; empty where a configuration does.
	Package string
}

// Absent is an entry point of jupyter-server-proxy of which the repository has not
// what it names.
type Absent struct {
	// Name is that of the entry, and Package the file that has the entry point.
	Name, Package string
	// Target is what is named, and Module the module of it.
	Target, Module string
	// File is the file of the module, where it is there.
	File string
	// Own says that the module is, or would be, in a package of the repository's.
	Own bool
	// Installed says whether the package is.
	Installed Answer
}

// Extension is a module that a configuration lists in jpserver_extensions.
type Extension struct {
	Module string
	// On says whether it is enabled.
	On Answer
	At position.Position
	// Read says whether Jupyter's server reads it.
	Read Answer
}

// File is a file that configures Jupyter.
type File struct {
	// Path is the repository's file in which its text stands.
	Path string
	// Read says whether Jupyter's server reads it.
	Read Answer
	// Servers says that it has entries of jupyter-server-proxy.
	Servers bool
	// Why says why it is not read, where that is so.
	Why Why
	// Fault is why it is left out when it is read.
	Fault *Fault
}

// Why says why a file is not read.
type Why uint8

// Why a file is not read.
const (
	// WhyPlace is that it does not lie where Jupyter looks.
	WhyPlace Why = iota
	// WhyName is that another program reads files of its name.
	WhyName
	// WhyLists is that of the files of its folder, which is one that Jupyter
	// looks in, lists of extensions alone are read.
	WhyLists
)

// Get returns the value of a setting of a class, such as cookie_options of
// ServerApp. The answer says whether it is set.
func (c *Config) Get(class, setting string) (Value, Answer) {
	if v := c.merged.lookup(class, setting); v != nil {
		if v.Maybe {
			return *v, Unknown
		}
		return *v, Yes
	}
	if len(c.Gaps) > 0 {
		return Value{}, Unknown
	}
	return Value{}, No
}

// Sets says where the configuration first sets something of a class.
func (c *Config) Sets(class string) (at position.Position, ok bool) {
	if in := c.merged.sections[class]; in != nil {
		for _, v := range in.values {
			if !ok || v.At.File < at.File || v.At.File == at.File && v.At.Compare(at) < 0 {
				at, ok = v.At, true
			}
		}
	}
	return at, ok
}

// Cookies returns the attributes of the login cookie that the configuration
// sets.
func (c *Config) Cookies() (Value, Answer) {
	if v, set := c.Get("PasswordIdentityProvider", cookieOptions); v.At.Line > 0 {
		return v, set
	}
	return c.Get("IdentityProvider", cookieOptions)
}

// Cookie returns one of [Config.Cookies]. Its name is compared as Python's
// cookies do, without case.
func (c *Config) Cookie(attribute string) (Item, Answer) {
	v, set := c.Cookies()
	for _, it := range v.Items {
		if strings.EqualFold(it.Key, attribute) {
			if it.Maybe {
				set = Unknown
			}
			return it, set
		}
	}
	switch {
	case set == Yes && v.Dict:
		set = No
	case set == Yes:
		set = Unknown
	}
	return Item{}, set
}

// File returns what is known of a file of the repository.
func (c *Config) File(p string) (File, bool) {
	i := slices.IndexFunc(c.Files, func(f File) bool { return f.Path == p })
	if i < 0 {
		return File{}, false
	}
	return c.Files[i], true
}

// notebookName is the name that Notebook's extension reads.
const notebookName = "jupyter_notebook_config"

// reader reads a configuration.
type reader struct {
	in     Input
	disk   *disk
	parsed map[parsedKey]*parsed
	seen   map[string]Answer // the repository's files that are read
	faults map[string]*Fault
	config *Config
	depth  int
	points int // entry points of packages
	// packages says that the repository has packages of its own.
	packages bool
	// doubt says that it is not known whether what is read now is.
	doubt bool
}

type parsedKey struct {
	target string
	begin  position.Position
	text   string
}

// Read reads Jupyter's configuration.
func Read(in Input) *Config {
	r := &reader{
		in: in, disk: newDisk(in.Files), parsed: map[parsedKey]*parsed{}, seen: map[string]Answer{},
		faults: map[string]*Fault{}, config: &Config{},
	}
	for _, s := range in.Steps {
		r.disk.take(s)
	}
	r.packaged()
	r.config.Gaps = append(r.config.Gaps, in.Murky...)
	r.config.Gaps = append(r.config.Gaps, r.disk.murky...)
	r.merge()
	r.idle()
	r.sort()
	r.config.Cut = r.disk.looks > MaxLooks
	return r.config
}

// parse parses a file of the disk, once.
func (r *reader) parse(target string, f *placed) *parsed {
	key := parsedKey{target, f.begin, f.text}
	if s, ok := r.parsed[key]; ok {
		return s
	}
	s := r.source(target, f)
	if !f.known {
		s.gaps = append(s.gaps, f.begin)
	}
	r.parsed[key] = s
	return s
}

// source parses a file of the disk. The repository's own modules are shared.
func (r *reader) source(target string, f *placed) *parsed {
	own, ok := inRepo(target)
	if r.in.Module != nil && ok && own == f.begin.File && path.Ext(own) == ".py" {
		if m := r.in.Module(own); m != nil {
			s := &parsed{text: f.text, begin: f.begin, settings: newSection(), module: m}
			s.follow()
			return s
		}
	}
	return parse(target, f.text, f.begin, r.in.Budget)
}

// searchPath lists the folders in which Jupyter looks, those last that win. On
// a BinderHub the server's environment is one of conda's and the user's own, so
// that it goes before the home.
func (r *reader) searchPath() []string {
	home := python.Home + "/.jupyter"
	if dir := r.in.Env["JUPYTER_CONFIG_DIR"]; dir != "" {
		home, _ = abs("", dir)
	}
	env := prefix + "/etc/jupyter"
	out := []string{"/etc/jupyter", "/usr/local/etc/jupyter"}
	if v := r.in.Env["JUPYTER_PREFER_ENV_PATH"]; v != "" && isFalse(v) {
		out = append(out, env, python.Home+"/.local/etc/jupyter", home)
	} else {
		out = append(out, python.Home+"/.local/etc/jupyter", home, env)
	}
	if dirs := r.in.Env["JUPYTER_CONFIG_PATH"]; dirs != "" {
		list := strings.Split(dirs, ":")
		slices.Reverse(list)
		for _, dir := range list {
			p, _ := abs("", strings.TrimRight(dir, "/"))
			out = append(out, p)
		}
	}
	if r.in.Env["JUPYTER_NO_CONFIG"] != "" {
		return nil
	}
	return out
}

// isFalse says whether a variable's value is one that jupyter_core takes for no.
func isFalse(v string) bool {
	return slices.Contains([]string{"no", "n", "false", "off", "0", "0.0"}, strings.ToLower(v))
}

// load merges the files of one name, as traitlets does: folder by folder, and
// in each the JSON over the Python.
func (r *reader) load(name string) *section {
	out := newSection()
	for _, dir := range r.searchPath() {
		for _, ext := range []string{".py", ".json"} {
			target := path.Join(dir, name+ext)
			if f := r.disk.at(target); f != nil {
				out.merge(r.read(target, f))
			}
		}
	}
	return out
}

// read returns what a file that is read says.
func (r *reader) read(target string, f *placed) *section {
	s := r.parse(target, f)
	r.note(f, s)
	if s.fault != nil {
		return newSection()
	}
	out := s.settings.copy()
	for _, sub := range s.loads {
		out.merge(r.sub(target, sub, f))
	}
	if f.maybe || r.doubt {
		out.doubt()
	}
	return out
}

// sub returns what a file says that another loads.
func (r *reader) sub(target string, sub subconfig, by *placed) *section {
	dir := path.Dir(target)
	if sub.dir != "" {
		dir = sub.dir
	}
	p, known := abs("", path.Join(dir, sub.file))
	f := r.disk.at(p)
	if !known || r.depth > 5 {
		r.config.Gaps = append(r.config.Gaps, by.begin)
		return newSection()
	}
	if f == nil {
		return newSection()
	}
	r.depth++
	defer func() { r.depth-- }()
	return r.read(p, f)
}

// note notes that a file is read.
func (r *reader) note(f *placed, s *parsed) {
	answer := Yes
	if f.maybe || r.doubt {
		answer = Unknown
	}
	if old, ok := r.seen[f.begin.File]; !ok || old == Unknown {
		r.seen[f.begin.File] = answer
	}
	if s.fault != nil && answer == Yes {
		r.faults[f.begin.File] = s.fault
	}
	if s.module != nil && !slices.Contains(r.config.Modules, s.module) {
		r.config.Modules = append(r.config.Modules, s.module)
	}
	for _, gap := range s.gaps {
		if !slices.Contains(r.config.Gaps, gap) {
			r.config.Gaps = append(r.config.Gaps, gap)
		}
	}
}

// doubt says of all values that it is not known whether they are set.
func (s *section) doubt() {
	for _, in := range s.sections {
		in.doubt()
	}
	for name, v := range s.values {
		c := *v
		c.Maybe = true
		c.Items = append([]Item(nil), v.Items...)
		for i := range c.Items {
			c.Items[i].Maybe = true
		}
		s.values[name] = &c
	}
}

// merge reads what the server reads, and what its applications add: each reads a
// file of its own name, over which what the server has wins.
func (r *reader) merge() {
	server := r.load("jupyter_config")
	server.moveCookies()
	server.merge(r.load("jupyter_server_config"))
	server.moveCookies()
	r.extensions(server)
	for _, app := range []struct {
		name string
		used Answer
	}{{"jupyter_lab_config", Yes}, {notebookName, r.notebook()}} {
		if app.used == No {
			continue
		}
		own := r.load("jupyter_config")
		r.doubt = app.used == Unknown
		extra := r.load(app.name)
		r.doubt = false
		own.merge(extra)
		own.merge(server)
		server.merge(own)
		server.moveTo("ServerApp", "NotebookApp")
		server.moveCookies()
	}
	r.config.merged = server
	if v := server.lookup("ServerProxy", "servers"); v != nil {
		r.servers(v, Yes)
	}
}

// cookieOptions is the setting of the login cookie's attributes.
const cookieOptions = "cookie_options"

// moveCookies gives the setting to the class that has it today, as the server
// does after each file; what that has already stays.
func (s *section) moveCookies() { s.moveTo("IdentityProvider", "ServerApp") }

// moveTo gives the cookie's setting of one class to another that has it not.
func (s *section) moveTo(today, before string) {
	old := s.lookup(before, cookieOptions)
	if old != nil && s.lookup(today, cookieOptions) == nil {
		v := *old
		v.lazy = false
		s.inner(today).set(cookieOptions, &v)
	}
}

// notebook says whether Notebook's extension is loaded, which reads the file of
// its name.
func (r *reader) notebook() Answer {
	for _, e := range r.config.Extensions {
		if e.Module == "notebook" && e.On == No && e.Read == Yes {
			return No
		}
	}
	return r.in.Notebook
}

// servers notes the entries of a value of ServerProxy.servers.
func (r *reader) servers(v *Value, read Answer) {
	for _, it := range v.Items {
		d, ok := it.Value.(*python.Dict)
		if !ok || it.Key == "" {
			continue
		}
		s := Server{Name: it.Key, Entry: d, At: it.At, Read: read, Module: it.module}
		if read == Yes && (it.Maybe || v.Maybe || r.seen[it.At.File] == Unknown) {
			s.Read = Unknown
		}
		if !slices.ContainsFunc(r.config.Servers, func(o Server) bool { return o.Name == s.Name && o.At == s.At }) {
			r.config.Servers = append(r.config.Servers, s)
		}
	}
}

// extensions notes what the configuration says of extensions: what the settings
// say, and what the JSON files of each folder say together, which is the only
// use that the server makes of those in folders jupyter_server_config.d.
func (r *reader) extensions(server *section) {
	merged := &Value{Dict: true}
	for _, dir := range r.searchPath() {
		r.recursive(merged, dir, serverList)
	}
	if v := server.lookup("ServerApp", "jpserver_extensions"); v != nil {
		merged = merged.with(v)
	}
	for _, it := range merged.Items {
		r.extension(it, Yes)
	}
	r.shimmed(merged)
}

// shimmed notes the extensions of the classic notebook's list that Notebook's shim
// enables besides: it reads JSON files alone.
func (r *reader) shimmed(server *Value) {
	answer := r.notebook()
	if answer == No {
		return
	}
	merged := &Value{Dict: true}
	for _, dir := range r.searchPath() {
		r.recursive(merged, dir, notebookList)
	}
	for _, it := range merged.Items {
		if !slices.ContainsFunc(server.Items, func(o Item) bool { return o.Key == it.Key }) {
			it.Maybe = it.Maybe || answer == Unknown
			r.extension(it, Yes)
		}
	}
}

// list is where JSON files list extensions: the files' name, and the setting.
type list struct{ name, class, setting string }

var (
	serverList   = list{"jupyter_server_config", "ServerApp", "jpserver_extensions"}
	notebookList = list{notebookName, "NotebookApp", "nbserver_extensions"}
)

// recursive lays the list of extensions of the JSON files of a folder over
// others, one by one. None takes an extension out.
func (r *reader) recursive(merged *Value, dir string, l list) {
	var files []string
	for _, file := range r.disk.inside(path.Join(dir, l.name+".d")) {
		if path.Ext(file) == ".json" && file[0] != '.' {
			files = append(files, path.Join(dir, l.name+".d", file))
		}
	}
	for _, target := range append(files, path.Join(dir, l.name+".json")) {
		f := r.disk.at(target)
		if f == nil {
			continue
		}
		s := r.parse(target, f)
		r.note(f, s)
		for _, it := range s.listed(l) {
			if it.Value == nil {
				merged.drop(it.Key)
				continue
			}
			it.Maybe = it.Maybe || f.maybe
			merged.put(it)
		}
	}
}

// listed returns the items of a list in a JSON file, whatever version it says to have.
func (s *parsed) listed(l list) []Item {
	v := s.json
	for _, key := range []string{l.class, l.setting} {
		d, ok := v.(*python.Dict)
		if !ok {
			return nil
		}
		v, _, _ = d.Get(key)
	}
	return s.value(v, s.begin, false).Items
}

func (r *reader) extension(it Item, read Answer) {
	e := Extension{Module: it.Key, At: it.At, Read: read}
	switch on, ok := it.Value.(bool); {
	case ok && on:
		e.On = Yes
	case ok:
		e.On = No
	}
	if it.Maybe && read == Yes {
		e.Read = Unknown
	}
	if !slices.ContainsFunc(r.config.Extensions, func(o Extension) bool { return o.Module == e.Module && o.At == e.At }) {
		r.config.Extensions = append(r.config.Extensions, e)
	}
}

// packagedLast orders entries as the proxy does: those of packages come last.
func packagedLast(a, b Server) int {
	switch {
	case (a.Package == "") == (b.Package == ""):
		return 0
	case b.Package != "":
		return -1
	}
	return 1
}

func (r *reader) sort() {
	slices.SortStableFunc(r.config.Servers, func(a, b Server) int {
		if a.Package+b.Package != "" {
			return packagedLast(a, b)
		}
		return cmp.Or(strings.Compare(a.At.File, b.At.File), a.At.Compare(b.At))
	})
	slices.SortStableFunc(r.config.Extensions, func(a, b Extension) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), a.At.Compare(b.At))
	})
	slices.SortStableFunc(r.config.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
