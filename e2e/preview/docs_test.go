package preview_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// documents show commands to users.
var documents = []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/releases.md", "docs/expand.md", "exampleSite/content/guide/*.md", "exampleSite/content/start/*.md"}

// The folders that the documents speak of, beside each other.
const (
	blogFolder   = "blog"      // post.md, the posts of a Jekyll site, and a Hugo site
	siteFolder   = "blog/site" // the Hugo site
	cloneFolder  = "dashboard" // a clone of owner/name, which works on Binder
	appFolder    = "app"       // an app, and nothing for Binder
	faultyFolder = "faulty"    // a repository that can be mended
)

// places are the folders that the documents say, for commands that begin so; the
// longest beginning counts.
var places = map[string]string{
	"bokehbinder render":               blogFolder,
	"bokehbinder card":                 cloneFolder,
	"bokehbinder badge":                cloneFolder,
	"bokehbinder check":                cloneFolder,
	"bokehbinder init":                 appFolder,
	"bokehbinder init --fix":           faultyFolder,
	"bokehbinder sync":                 siteFolder,
	"bokehbinder tag":                  siteFolder,
	"bokehbinder expand":               blogFolder,
	"bokehbinder assets":               blogFolder,
	"bokehbinder preview":              blogFolder,
	"bokehbinder preview --screenshot": cloneFolder,
}

// befores are commands that come before those that begin so.
var befores = map[string]string{
	"bokehbinder sync --":         "bokehbinder sync", // once a site has its cards
	"bokehbinder assets --check ": "bokehbinder assets docs/assets",
}

// others are commands of other programs, which are not ours to test.
var others = regexp.MustCompile(`^git submodule add https://\S+ themes/bokehbinder$`)

// foreign are options that the documents name of other programs.
var foreign = []string{"--allow-websocket-origin", "--sys-prefix", "--theirs"}

// ours is how the documents call the command where it is not installed: the newest,
// and that of the version that a site has.
var ours = strings.NewReplacer(
	"go run github.com/bokehbinder/bokehbinder/cmd/bokehbinder@latest", "bokehbinder",
	"go run github.com/bokehbinder/bokehbinder/cmd/bokehbinder@$(go list -m -f '{{.Version}}' github.com/bokehbinder/bokehbinder)", "bokehbinder",
	"uvx bokehbinder", "bokehbinder",
	"go -C themes/bokehbinder run ./cmd/bokehbinder", "bokehbinder",
	" ../..", "",
)

// TestDocuments runs the commands that README, guide and first steps show, each
// in the folder that they say, with what they speak of there.
func TestDocuments(t *testing.T) {
	shown := readDocuments(t)
	if len(shown.commands) < 15 || len(shown.options) < 5 || len(shown.targets) < 2 {
		t.Fatalf("too little is found in the documents: %+v", shown)
	}
	program, err := command()
	if err != nil {
		t.Fatal(err)
	}
	world := newWorld(t, program)
	for _, line := range shown.commands {
		t.Run(line, func(t *testing.T) { world.run(t, line) })
	}
	for _, option := range shown.options {
		if !slices.Contains(foreign, option) && !strings.Contains(help(t, program), " "+option+" ") {
			t.Errorf("no command has %s", option)
		}
	}
	for _, target := range shown.targets {
		if out, err := exec.Command("make", "-C", "../..", "--dry-run", target).CombinedOutput(); err != nil {
			t.Errorf("make %s: %s", target, out)
		}
	}
}

// shown is what the documents show.
type shown struct {
	// commands are lines for a shell, with the command as bokehbinder, options
	// those that are named alone, and targets make's.
	commands, options, targets []string
}

func readDocuments(t *testing.T) *shown {
	t.Helper()
	s := &shown{}
	for _, pattern := range documents {
		files, err := filepath.Glob("../../" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.read(source); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	for _, list := range []*[]string{&s.commands, &s.options, &s.targets} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s
}

// read takes the commands of a document.
func (s *shown) read(source []byte) error {
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source))
	return ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			switch string(n.Language(source)) {
			case "sh":
				return ast.WalkContinue, s.script(string(n.Lines().Value(source)), true)
			case "yaml":
				for _, run := range runs.FindAllStringSubmatch(string(n.Lines().Value(source)), -1) {
					if err := s.script(run[1], true); err != nil {
						return ast.WalkStop, err
					}
				}
				return ast.WalkContinue, nil
			}
		case *ast.CodeBlock:
			return ast.WalkContinue, s.script(string(n.Lines().Value(source)), false)
		case *ast.CodeSpan:
			var code strings.Builder
			for part := n.FirstChild(); part != nil; part = part.NextSibling() {
				if part, ok := part.(*ast.Text); ok {
					code.Write(part.Segment.Value(source))
					code.WriteByte(' ') // the line may end here
				}
			}
			s.span(strings.Join(strings.Fields(code.String()), " "))
		}
		return ast.WalkContinue, nil
	})
}

// script takes the lines of a shell's script.
func (s *shown) script(script string, all bool) error {
	for line := range strings.Lines(script) {
		line, _, _ = strings.Cut(line, " # ")
		line = strings.TrimSpace(ours.Replace(line))
		switch {
		case line == "" || others.MatchString(line):
		case s.take(line):
		case all:
			return errors.New("this command is not known to the test: " + line)
		}
	}
	return nil
}

var (
	runs   = regexp.MustCompile(`(?m)^ *- run: (.*)$`) // of a workflow
	makes  = regexp.MustCompile(`^(?:[A-Z_]+=\S+ )*make ([a-z0-9-]+)`)
	option = regexp.MustCompile(`^--[a-z-]+`)
)

// take takes a line, if it is a command of ours.
func (s *shown) take(line string) bool {
	if m := makes.FindStringSubmatch(line); m != nil {
		s.targets = append(s.targets, m[1])
		return true
	}
	if strings.HasPrefix(line, "bokehbinder ") {
		s.commands = append(s.commands, line)
		return true
	}
	return false
}

// span takes what stands in a sentence.
func (s *shown) span(code string) {
	if o := option.FindString(code); o != "" && !strings.HasPrefix(o, "--bb-") { // a custom property of the look
		s.options = append(s.options, o)
	}
	// The words for what a command takes are those of its usage.
	s.take(strings.NewReplacer("REPO", "https://github.com/owner/name", "[REF]", "main", "DIR", "docs/assets").Replace(code))
}

// help is what all commands say of themselves.
func help(t *testing.T, program string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"render", "expand", "assets", "card", "badge", "check", "init", "sync", "tag", "preview"} {
		out, err := exec.Command(program, name, "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(out)
	}
	return all.String()
}

// world has all that the documents speak of.
type world struct {
	dir string
	env []string
	// served puts a server of a site in the place of the one that documents name.
	served *strings.Replacer
}

func newWorld(t *testing.T, program string) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	sample := dashboard(t, "pendulum")
	repository(t, "github.com/owner/name", sample)
	w.copy(t, sample, cloneFolder)
	w.git(t, "init", "-q", filepath.Join(w.dir, cloneFolder))
	w.git(t, "-C", filepath.Join(w.dir, cloneFolder), "remote", "add", "origin", "https://github.com/owner/name")
	w.copy(t, filepath.Join(sample, "pendulum"), appFolder+"/pendulum")
	w.copy(t, sample, faultyFolder)
	edit(t, filepath.Join(w.dir, faultyFolder, ".binder", "environment.yml"), "python=", "python>=")
	w.copy(t, newSite(t, strings.ReplaceAll(configured["one file"].archive, "bokehbinder/pendulum", "owner/name")), siteFolder)
	post := "---\ntitle: Pendulum\n---\n\n<<< bokehbinder repo=https://github.com/owner/name ref=main >>>\n"
	for _, name := range []string{"post.md", "_posts/2025-12-24-swing.md", "docs/waves.md"} {
		full := filepath.Join(w.dir, blogFolder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(post), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bin := t.TempDir()
	for name, target := range map[string]string{"bokehbinder": program, "hugo": project.Hugo(t)} {
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	// Jekyll's own port may be taken.
	jekyll := fmt.Sprintf("#!/bin/sh\nexec %s \"$@\" --port %d\n", need.Program(t, "jekyll", "jekyll"), machine.FreePort(t))
	if err := os.WriteFile(filepath.Join(bin, "jekyll"), []byte(jekyll), 0o755); err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(served.Close)
	w.served = strings.NewReplacer("http://localhost:4000/", served.URL+"/")
	w.env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return w
}

func (w *world) copy(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(w.dir, filepath.FromSlash(to)), os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) git(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %s", args, out)
	}
}

// run runs a line in its folder of a copy of the world, and wants it to succeed;
// one that goes on until Ctrl-C is interrupted once it has begun.
func (w *world) run(t *testing.T, line string) {
	place := ""
	for beginning := range places {
		if strings.HasPrefix(line, beginning) && len(beginning) > len(place) {
			place = beginning
		}
	}
	if place == "" {
		t.Fatal("the documents say no folder for it that the test knows")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience.Limit) // not to hang for ever
	defer cancel()
	line = w.served.Replace(line)
	script := line
	if strings.HasPrefix(line, "bokehbinder ") {
		script = "exec " + line
	}
	for beginning, before := range befores {
		if strings.HasPrefix(line, beginning) {
			script = before + "; " + script
		}
	}
	temp, err := os.MkdirTemp("", "docs") // with a short name: it is for sockets, too
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(temp)
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", script)
	cmd.Dir = filepath.Join(dir, filepath.FromSlash(places[place]))
	cmd.Env = append(slices.Clone(w.env), "TMPDIR="+temp, "PWD="+cmd.Dir)
	if strings.Contains(line, "--run") || strings.Contains(line, "--screenshot") {
		withBrowser(t)
		cmd.Env = append(cmd.Env, "VIRTUAL_ENV="+environment(t))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	read := make(chan struct{})
	interrupted := false
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); log.WriteString(lines.Text() + "\n") {
			if endless.MatchString(lines.Text()) {
				interrupted = true
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
			}
		}
	}()
	_ = cmd.Wait()
	in.Close()
	<-read
	if code := cmd.ProcessState.ExitCode(); code != 0 && !(interrupted && code == 130) {
		t.Errorf("it ends with %v:\n%s", cmd.ProcessState, log.String())
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v (%v)", left, err)
	}
}

// endless is what a command says that goes on until it is interrupted.
var endless = regexp.MustCompile(`press Ctrl-C to end`)
