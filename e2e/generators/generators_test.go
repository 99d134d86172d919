package generators

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
)

var all = flag.Bool("all", false, "try all generators, as make generators does")

func TestMain(m *testing.M) { browser.Main(m) }

// generator is a row: a page of the guide, and what is to be known of the site that
// it sets up.
type generator struct {
	page string
	// form is that of the posts, where the page has several.
	form string
	// files are those of a site before its author reads the page, with ADDRESS for its
	// address. What the page has for one of them is added at its end.
	files map[string]string
	// node is the version that it needs, if it is newer than the project's.
	node string
	// post is the page's, other the second one, which tries more.
	post, other string
	// link is Markdown in which a tag becomes a link, if not a heading.
	link string
	// public is the folder that is built, and base the path that it is served at.
	public, base string
	// addresses of the two posts below base.
	postAt, otherAt string
	// instant is the condition from which on a click on a link to the other post loads
	// no new page, if there is such a time.
	instant string
	// own is what the generator's own pages report, without embeds, too.
	own string
	// texts are the files below public that searches and feeds read.
	texts []string
}

// name is that of the row.
func (g generator) name() string { return strings.TrimSuffix(g.page+"-"+g.form, "-") }

// TestGenerators does what each page says, and looks at the site.
func TestGenerators(t *testing.T) {
	repositories := gittest.Serve(t, gitserve.Options{})
	repositories.Repo(address, sample(t))
	bin := filepath.Dir(project.Command(t))
	config := browser.Certificate(t)
	rows := generators
	if *all {
		rows = append(rows, more...)
	}
	tried := make(results, len(rows))
	if *record != "" {
		t.Cleanup(func() { tried.write(t, *record) }) // once all rows are done
	}
	for i, g := range rows {
		t.Run(g.name(), func(t *testing.T) {
			t.Parallel()
			hub := hubtest.New(t, hubtest.Options{TLS: config, Name: "hub.test", ServersName: "servers.test"})
			s := &site{generator: g, dir: t.TempDir(), hub: hub}
			s.serve(t)
			s.env = append(environ(), repositories.Env()...)
			s.env = append(s.env, "XDG_CACHE_HOME="+t.TempDir())
			s.path = bin
			if g.node != "" {
				s.path = node(t, g.node) + string(filepath.ListSeparator) + s.path
			}
			s.steps = readGuide(t, g.page)
			s.follow(t)
			s.look(t)
			s.read(t)
			if !t.Failed() {
				tried.passed(t, i, s)
			}
		})
	}
}

// environ are this process's variables without git's.
func environ() (list []string) {
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "GIT_") && !strings.HasPrefix(pair, "PATH=") {
			list = append(list, pair)
		}
	}
	return append(list, "NO_COLOR=1", "CI=true")
}

// site is a site that is set up.
type site struct {
	generator
	dir  string
	env  []string
	path string // of programs
	url  string // with a final slash
	hub  *hubtest.Hub
	// installed are the packages, with their versions.
	installed []string
	// steps are those of the page.
	steps []step
	// want are the pages that render makes of the two posts.
	want [2]string
}

// serve serves what will be built.
func (s *site) serve(t *testing.T) {
	t.Helper()
	public := http.FileServer(http.Dir(filepath.Join(s.dir, s.public)))
	mux := http.NewServeMux()
	mux.Handle(s.base, http.StripPrefix(strings.TrimSuffix(s.base, "/"), public))
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL + s.base
}

// follow does what a page says.
func (s *site) follow(t *testing.T) {
	t.Helper()
	before := map[string]string{}
	for name, text := range s.files {
		before[name] = strings.ReplaceAll(text, "ADDRESS", strings.TrimSuffix(s.url, "/"))
		s.write(t, name, before[name])
	}
	for _, step := range s.steps {
		switch {
		case step.file == "":
			s.script(t, step.text)
			if strings.Contains(step.text, "waves") { // it is for one post
				s.script(t, strings.ReplaceAll(step.text, "waves", "tides"))
			}
		case step.file == s.post:
			s.write(t, step.file, step.text)
			s.second(t, step.text)
		default:
			s.write(t, step.file, before[step.file]+step.text)
		}
	}
}

// second writes the other post, which begins as the page's does, and has both
// rendered.
func (s *site) second(t *testing.T, text string) {
	t.Helper()
	if strings.Count(text, tag) != 1 {
		t.Fatalf("the page's post has not the tag %s:\n%s", tag, text)
	}
	s.want[0] = s.render(t, text)
	more := s.others(strings.TrimSuffix(s.hub.URL, "/"))
	other := strings.NewReplacer("Waves", "Tides", tag, more).Replace(text)
	s.write(t, s.other, other)
	s.want[1] = s.render(t, other)
}

var tags = regexp.MustCompile(`<<< bokehbinder .*>>>`)

// render has a post rendered, and returns the file. Of a post in another markup it
// is the tags alone.
func (s *site) render(t *testing.T, text string) (page string) {
	t.Helper()
	if filepath.Ext(s.post) != ".md" {
		text = strings.Join(tags.FindAllString(text, -1), "\n\n")
	}
	dir := t.TempDir()
	post, page := filepath.Join(dir, "post.md"), filepath.Join(dir, "want.html")
	if err := os.WriteFile(post, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.script(t, "bokehbinder render --page -o "+page+" "+post)
	return page
}

// script runs the lines of a script in the site's folder.
func (s *site) script(t *testing.T, script string) {
	t.Helper()
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if s.install(t, line) {
			continue
		}
		cmd := exec.Command("sh", "-eu", "-c", line)
		cmd.Dir = s.dir
		cmd.Env = append(s.env, "PATH="+s.path+string(filepath.ListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		if strings.HasPrefix(line, "bokehbinder assets ") {
			s.named(t, string(out))
		}
		if bytes.Contains(bytes.ToLower(out), []byte("warning: ")) {
			t.Errorf("%s warns:\n%s", line, out)
		}
	}
}

// named looks for the lines that assets prints for the site's pages in those that the
// page has its reader write.
func (s *site) named(t *testing.T, printed string) {
	t.Helper()
	for line := range strings.Lines(printed) {
		line = strings.TrimSpace(strings.ReplaceAll(line, "FOLDER/", "")) // of no known site
		in := func(step step) bool { return step.file != "" && strings.Contains(step.text, line) }
		if !strings.HasSuffix(line, ":") && !slices.ContainsFunc(s.steps, in) {
			t.Errorf("the page does not say to write what assets prints: %s", line)
		}
	}
}

func (s *site) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
