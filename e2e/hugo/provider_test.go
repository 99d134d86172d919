package hugo_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// tea is a row of the table of providers for a site that does not exist.
const tea = `{
	"kind": "tea", "name": "Tea", "hosts": ["tea.example", "www.tea.example"], "example": "team/name",
	"min": 2, "full": 2, "max": 3, "first": "^[a-z+]+$", "rest": "^[a-z+]+$",
	"pages": ["^leaf/([a-z]+)$"], "commit": "{url}/cup/{commit}", "file": "{url}/sip/{commit}/{path}",
	"prefix": "te", "spec": "escaped"
}`

// teaHub is how a hub reads the specs of that provider, and a test that reads
// the spec of a card.
const (
	teaHub = `package hub

func init() { specParsers["te"] = parseGitLab }
`
	teaHubTest = `package hub

import "testing"

func TestTea(t *testing.T) {
	r, err := parseSpec(%q, %q)
	if err != nil || r.Repo != %q || r.Ref != %q {
		t.Errorf("%%+v, %%v", r, err)
	}
}
`
)

// TestProviderIsOneRow adds a provider to a copy of the module: a row of the
// table, and the hub's own reading of its specs. Everything else follows, in Go
// and in Hugo.
func TestProviderIsOneRow(t *testing.T) {
	module := project.Copy(t, "go.mod", "go.sum", "bokehbinder.go", "assets", "i18n", "layouts", "shortcodes", "hugo.toml", "theme.toml",
		"card", "cmd", "extension", "internal")
	addProvider(t, module)
	inModule := func(command string, args ...string) string { return runIn(t, module, command, args...) }
	program := filepath.Join(t.TempDir(), "bokehbinder")
	inModule("go", "build", "-o", program, "./cmd/bokehbinder")

	server := gittest.Serve(t, gitserve.Options{})
	server.Setenv("tea.example")
	served := server.Repo("tea.example/leaves/green+tea/app", gitserve.Files{
		"environment.yml": "dependencies:\n- bokeh\n- jupyter-server-proxy\n", "app/main.py": "from bokeh.io import curdoc\n",
		"start": "#!/bin/bash\nbokeh serve app --port=5006 --allow-websocket-origin=* &\nexec \"$@\"\n",
	})
	const address = "https://tea.example/leaves/green+tea/app"
	const spec = "leaves%2Fgreen%2Btea%2Fapp/"

	var c card.Card
	if err := json.Unmarshal([]byte(inModule(program, "card", "-q", "HTTPS://WWW.tea.example:443/leaves/green+tea/app.git/")), &c); err != nil {
		t.Fatal(err)
	}
	if c.Repo != address || c.Provider != "te" || c.Spec != spec+served.Head || c.URL != address+"/cup/"+served.Head {
		t.Errorf("the card is of %s, %s/%s, %s", c.Repo, c.Provider, c.Spec, c.URL)
	}
	files := 0
	for _, f := range c.Files {
		if files++; f.URL != address+"/sip/"+served.Head+"/"+f.Path {
			t.Errorf("%s is at %s", f.Path, f.URL)
		}
	}
	if files < 3 || len(c.Apps) != 1 {
		t.Errorf("the card has %d files and the apps %v", files, c.Apps)
	}

	hubTest := fmt.Sprintf(teaHubTest, c.Provider, c.Spec, address, served.Head)
	writeIn(t, module, "internal/preview/hub/tea_test.go", hubTest)
	inModule("go", "test", "./internal/preview/hub", "-run", "^TestTea$")

	document := "Text <<< bokehbinder repo=" + address + " >>> here.\n\n## In a heading <<< bokehbinder repo=" + address + " >>>\n"
	writeIn(t, module, "post.md", document)
	page, _, _ := strings.Cut(inModule(program, "render", "-q", "--page", "post.md"), "</article>")
	inGo := inPlace(page)

	s := newSite(t, plainSite)
	s.write("content/post.md", "---\ntitle: x\n---\n"+document)
	runIn(t, s.dir, program, "sync", "-q")
	forTags, err := filepath.Rel(filepath.Dir(module), filepath.Join(filepath.Dir(root()), tagged()))
	if err != nil {
		t.Fatal(err)
	}
	theme := []string{"--themesDir", filepath.Dir(module), "--theme", filepath.Base(module), "--theme", filepath.ToSlash(forTags)}
	if log, err := s.command(theme...); err != nil {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	inHugo := inPlace(s.read("public/post/index.html"))
	if inGo != inHugo {
		t.Errorf("first difference: %s", firstDifference(inHugo, inGo))
	}
	for _, want := range []string{
		`href="https://mybinder.org/v2/te/` + spec + served.Head + `?urlpath=`, `href="` + address + "/sip/" + served.Head + `/app/main.py"`,
		`href="` + address + "/cup/" + served.Head + `"`,
	} {
		if !strings.Contains(strings.ReplaceAll(inHugo, "&#43;", "+"), want) {
			t.Errorf("no %s in\n%s", want, inHugo)
		}
	}
	teaWithoutCards(t, theme)
}

// teaWithoutCards builds a site without cards, whose links come from the
// templates alone, and one with an address that is no repository's.
func teaWithoutCards(t *testing.T, theme []string) {
	t.Helper()
	s := newSite(t, plainSite+"-- content/post.md --\n---\ntitle: x\n---\n<<< bokehbinder repo=https://tea.example/leaves/app ref=v1+a/b >>>\n")
	s.write("hugo.toml", strings.Replace(s.read("hugo.toml"), "assets = false", "missing = 'warn'", 1))
	if log, err := s.command(theme...); err != nil {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	if html := s.read("public/post/index.html"); !strings.Contains(html, "/v2/te/leaves%2Fapp/v1%2Ba/b") {
		t.Errorf("no link by its own spec in\n%s", html)
	}
	s.write("content/post.md", "---\ntitle: x\n---\n<<< bokehbinder repo=https://tea.example/leaves/app/a/leaf/green >>>\n")
	s.write("content/other.md", "---\ntitle: x\n---\n<<< bokehbinder repo=https://tea.example/leaves/4 >>>\n")
	log, err := s.command(theme...)
	if err == nil || !strings.Contains(log, "write repo=https://tea.example/leaves/app/a ref=green") || !strings.Contains(log, `"4" is not a name on Tea`) {
		t.Errorf("%v\n%s", err, log)
	}
}

// addProvider adds tea to a copy of the module.
func addProvider(t *testing.T, module string) {
	t.Helper()
	file := filepath.Join(module, "assets/bokehbinder/providers.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]any
	var row any
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(tea), &row); err != nil {
		t.Fatal(err)
	}
	table["providers"] = append(table["providers"].([]any), row)
	if data, err = json.Marshal(table); err != nil {
		t.Fatal(err)
	}
	writeIn(t, module, "assets/bokehbinder/providers.json", string(data))
	writeIn(t, module, "internal/preview/hub/tea.go", teaHub)
}

func writeIn(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runIn runs a command in a folder and returns what it prints.
func runIn(t *testing.T, dir, command string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", command, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
