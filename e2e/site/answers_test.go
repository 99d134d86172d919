package site_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// TestTroubleshootingAnswersAuthors looks in the documentation for what is said
// of tags, addresses, cards and repositories that cannot be read. Where a
// message has something of the case at hand, the documentation has "…".
func TestTroubleshootingAnswersAuthors(t *testing.T) {
	page, err := os.ReadFile("../../exampleSite/content/troubleshooting/authors.md")
	if err != nil {
		t.Fatal(err)
	}
	text := plain(page)
	messages := slices.Concat(
		messagesOf(t, "../../internal/source/repo/*.go"),
		messagesOf(t, "../../internal/source/forge/*.go"),
		messagesOf(t, "../../internal/site/lock/*.go"),
		messagesOf(t, "../../internal/source/lockfile/*.go"),
		messagesOf(t, "../../internal/site/*.go"),
		messagesOf(t, "../../internal/site/shortcode/*.go"),
		messagesOf(t, "../../internal/cli/sync*.go"),
		messagesOfPieces(t),
		messagesOfTags(t),
		messagesOfTemplates(t),
		messagesOfDoors(t),
	)
	if len(messages) < 90 {
		t.Fatalf("only %d messages: %q", len(messages), messages)
	}
	for _, message := range messages {
		if !strings.Contains(text, "“"+message+"”") {
			t.Errorf("the message “%s” is not explained", message)
		}
	}
}

// TestTroubleshootingQuotesWhatIsSaid looks for the quotations of the
// documentation in the project's sources.
func TestTroubleshootingQuotesWhatIsSaid(t *testing.T) {
	page, err := os.ReadFile("../../exampleSite/content/troubleshooting/authors.md")
	if err != nil {
		t.Fatal(err)
	}
	said := allSources(t)
	quotes := regexp.MustCompile(`“([^”]+)”`).FindAllStringSubmatch(plain(page), -1)
	for _, quote := range quotes {
		if slices.ContainsFunc(ofOthers, func(o other) bool { return o.quote == quote[1] }) {
			continue
		}
		for _, part := range strings.Split(quote[1], "…") {
			if !strings.Contains(said, strings.TrimSpace(part)) {
				t.Errorf("nothing says %q of “%s”", part, quote[1])
			}
		}
	}
}

var escaped = regexp.MustCompile(`\\([[:punct:]])`)

// plain is the text of a page without line ends and without the escapes of
// Markdown and of shortcodes.
func plain(page []byte) string {
	text := strings.NewReplacer("{{%/* ", "{{% ", " */%}}", " %}}").Replace(string(page))
	return escaped.ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
}

// other is a message of Hugo or Go, and what makes them say it: a command in a
// folder with files.
type other struct {
	quote, files string
	command      []string
}

// ofOthers are the messages of Hugo and Go that the documentation quotes.
var ofOthers = []other{
	{"template for shortcode \"bokehbinder\" not found", "-- hugo.toml --\n-- content/a.md --\n---\ntitle: A\n---\n{{< bokehbinder repo=\"a/b\" >}}\n", hugo},
	{"module … not found in …; either add it as a Hugo Module or store it in …", "-- hugo.toml --\ntheme = ['mine', 'bokehbinder']\n-- themes/mine/theme.toml --\n", hugo},
	{"failed to download modules", "-- go.mod --\nmodule example.org/site\n\nrequire github.com/bokehbinder/bokehbinder v0.1.0\n-- hugo.toml --\n[[module.imports]]\npath = 'github.com/bokehbinder/bokehbinder'\n", hugo},
	{"is not compatible with this Hugo version", "-- hugo.toml --\ntheme = 'bokehbinder'\n-- themes/bokehbinder/theme.toml --\nmin_version = '9.0'\n", hugo},
	{"unmarshal failed", "-- hugo.toml --\n-- content/a.md --\n{{< bokehbinder repo=\"a/b\" >}}\n-- layouts/_shortcodes/bokehbinder.html --\n", hugo},
	{"Raw HTML omitted", "-- hugo.toml --\n-- content/a.md --\n---\ntitle: A\n---\n{{% bokehbinder %}}\n-- layouts/page.html --\n{{ .Content }}\n-- layouts/_shortcodes/bokehbinder.html --\n<div>x</div>\n", hugo},
	{"requires go >= …", "-- go.mod --\nmodule example.org/site\n\ngo 9.25.0\n", []string{"go", "run", "."}},
	{"go.mod file not found in current directory or any parent directory", "-- themes/bokehbinder/x --\n", []string{"go", "-C", "themes/bokehbinder", "run", "./cmd/bokehbinder"}},
	{"chdir …: no such file or directory", "-- hugo.toml --\n", []string{"go", "-C", "themes/bokehbinder", "run", "./cmd/bokehbinder"}},
}

var hugo = []string{"hugo"}

// TestTroubleshootingQuotesOthers has Hugo and Go say what is quoted of them.
func TestTroubleshootingQuotesOthers(t *testing.T) {
	page, err := os.ReadFile("../../exampleSite/content/troubleshooting/authors.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range ofOthers {
		if !strings.Contains(plain(page), "“"+o.quote+"”") {
			t.Errorf("“%s” is not explained", o.quote)
		}
		said := strings.Join(strings.Fields(o.say(t)), " ")
		for _, part := range strings.Split(o.quote, "…") {
			if !strings.Contains(said, strings.TrimSpace(part)) {
				t.Errorf("%q says\n%s\nand not %q", o.command, said, part)
			}
		}
	}
}

// say runs the command in a folder of its own, without a network.
func (o other) say(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(o.files)).Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command := slices.Clone(o.command)
	if command[0] == "hugo" {
		command[0] = project.Hugo(t)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "HUGO_MODULE_PROXY=off", "HUGO_CACHEDIR="+t.TempDir())
	out, _ := cmd.CombinedOutput() // that it says something is what is looked at
	return string(out)
}

// TestTroubleshootingIsSorted looks for the sections, one for each thing that
// somebody was doing, in the order in which one does them.
func TestTroubleshootingIsSorted(t *testing.T) {
	page, err := os.ReadFile("../../exampleSite/content/troubleshooting/authors.md")
	if err != nil {
		t.Fatal(err)
	}
	var sections []string
	for line := range strings.Lines(string(page)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			sections = append(sections, strings.TrimSpace(name))
		}
	}
	if want := []string{"Adding it", "Writing", "sync", "Build", "Server", "Look"}; !slices.Equal(sections, want) {
		t.Errorf("sections %q, not %q", sections, want)
	}
	quoted := make(map[string]int)
	for _, quote := range regexp.MustCompile(`“([^”]+)”`).FindAllStringSubmatch(plain(page), -1) {
		if quoted[quote[1]]++; quoted[quote[1]] == 2 {
			t.Errorf("“%s” is explained in two places", quote[1])
		}
	}
}

// allSources is the text of all that may hold a message.
func allSources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{
		"internal/*/*.go", "internal/*/*/*.go", "layouts/_partials/bokehbinder/*.html", "assets/bokehbinder/*.json",
	} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(strings.NewReplacer(`\"`, `"`, `\\`, `\`, "%%", "%").Replace(string(data)))
		}
	}
	return all.String()
}

// messagesOf collects the messages that Go sources make: the field Message of a
// literal, what is assigned to one, the third field of a complaint, what becomes
// an error or a problem, and what package lock's check formats.
func messagesOf(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	wraps := strings.Contains(pattern, "/repo/") || strings.Contains(pattern, "/forge/")
	var list []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			for _, e := range messageExpressions(n, filepath.Base(file) == "check.go", wraps) {
				if s := general(e); s != "" && !slices.Contains(list, s) {
					list = append(list, s)
				}
			}
			return true
		})
	}
	return list
}

// messageExpressions is what in a node is a message. Where a package wraps its
// errors in what it says of them, its calls that make errors are none.
func messageExpressions(n ast.Node, formatted, wraps bool) []ast.Expr {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "message") {
			return []ast.Expr{n.Value}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && strings.EqualFold(field.Sel.Name, "message") && i < len(n.Rhs) {
				return n.Rhs[i : i+1]
			}
		}
	case *ast.CompositeLit:
		if n.Type == nil && len(n.Elts) == 4 {
			return n.Elts[2:3]
		}
	case *ast.CallExpr:
		if !wraps {
			return messageOfCall(n)
		}
	case *ast.ReturnStmt:
		if formatted {
			return n.Results
		}
	}
	return nil
}

// messageOfCall is the argument that is a message, of functions that make errors
// and problems.
func messageOfCall(call *ast.CallExpr) []ast.Expr {
	if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "printLine" && len(call.Args) == 4 {
		if s := general(call.Args[3]); strings.ContainsAny(s, letters) {
			return call.Args[3:]
		}
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	switch {
	case !ok:
	case f.Sel.Name == "problem" && len(call.Args) == 3:
		return call.Args[1:2]
	case f.Sel.Name == "Errorf", f.Sel.Name == "New" && len(call.Args) == 1:
		if s := general(call.Args[0]); strings.ContainsAny(strings.ReplaceAll(s, "…", ""), letters) {
			return call.Args[:1]
		}
	}
	return nil
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// messagesOfTemplates collects what Hugo's templates say themselves.
func messagesOfTemplates(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../layouts/_partials/bokehbinder/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	said := regexp.MustCompile(`(?:errorf|\$message = printf|"message" \(printf|"missing" \(printf) "(?:bokehbinder: )?((?:[^"\\]|\\.)+)"`)
	var list []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(data, -1) {
			message, _, _ := strings.Cut(strings.ReplaceAll(string(m[1]), `\"`, `"`), "; ")
			if message = filledIn.ReplaceAllString(message, "…"); strings.ContainsAny(message, letters) {
				list = append(list, message)
			}
		}
	}
	if len(list) < 4 {
		t.Fatalf("only %d messages in templates: %q", len(list), list)
	}
	return list
}

// messagesOfDoors collects what all doors say of cards and apps.
func messagesOfDoors(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../assets/bokehbinder/doors.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Messages map[string]string }
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, key := range []string{"noApp", "noStart", "noCard", "brokenCard", "changedCard", "oldCards", "olderCard", "newerCard"} {
		message := table.Messages[key]
		if message == "" {
			t.Errorf("doors.json has no %s", key)
		}
		list = append(list, filledIn.ReplaceAllString(message, "…"))
	}
	return list
}

var filledIn = regexp.MustCompile(`%[sdqvwc]|\$1|\bHOST\b|([a-z]: )?…(…| …)*`)

// general is the text of a message with "…" for what is filled in; it is empty
// where there is none.
func general(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			return ""
		}
		return filledIn.ReplaceAllString(strings.ReplaceAll(s, "%%", "%"), "…")
	case *ast.BinaryExpr:
		left, right := general(e.X), general(e.Y)
		if left == "" && right == "" {
			return ""
		}
		if left == "" {
			left = "…"
		}
		if right == "" {
			right = "…"
		}
		return left + right
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return general(e.Args[0])
		}
	}
	return ""
}

// messagesOfPieces collects why a piece of a file cannot be shown.
func messagesOfPieces(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../../internal/repository/pieces.go")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile(`"(is [^"]+)"`).FindAllSubmatch(source, -1) {
		message := filledIn.ReplaceAllString(string(m[1]), "…")
		if strings.HasSuffix(message, " ") {
			message += "…"
		}
		list = append(list, message)
	}
	if len(list) < 10 {
		t.Fatalf("only %d messages of pieces: %q", len(list), list)
	}
	return list
}

// messagesOfTags collects what is said of tags.
func messagesOfTags(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../assets/bokehbinder/tag.json")
	if err != nil {
		t.Fatal(err)
	}
	type said struct{ Message string }
	var table struct {
		Messages      map[string]string
		Hints, Refuse []said
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, message := range table.Messages {
		list = append(list, message)
	}
	for _, s := range slices.Concat(table.Hints, table.Refuse) {
		list = append(list, s.Message)
	}
	slices.Sort(list)
	return list
}
