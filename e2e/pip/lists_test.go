package pip_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
)

// release is the pip that repo2docker 2026.4 installs for Python 3.9 and later.
const release = "25.2"

// taken is what pip takes from a list of packages.
type taken struct {
	List []struct {
		File       string   `json:"file"`
		Line       int      `json:"line"`
		Name       string   `json:"name"`
		Specs      []string `json:"specs"`
		URL        string   `json:"url"`
		Constraint bool     `json:"constraint"`
		Met        bool     `json:"met"`
	} `json:"list"`
	Error string `json:"error"`
}

// String writes what is compared: of what has a name all, of the rest its place.
func (t taken) String() string {
	if t.Error != "" {
		return "error"
	}
	var out []string
	for _, r := range t.List {
		switch {
		case r.Constraint && r.URL != "", !r.Met:
		case r.URL != "" && r.Name == "":
			out = append(out, fmt.Sprintf("%s:%d direct", r.File, r.Line))
		case r.URL != "":
			out = append(out, fmt.Sprintf("%s:%d direct", r.File, r.Line), fmt.Sprintf("%s:%d %s", r.File, r.Line, r.Name))
		default:
			slices.Sort(r.Specs)
			out = append(out, fmt.Sprintf("%s:%d %s%s", r.File, r.Line, r.Name, normal(r.Specs)))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}

// normal writes conditions without what is not kept of versions.
func normal(specs []string) string {
	if len(specs) == 0 {
		return ""
	}
	ops := make([]string, 0, len(specs))
	for _, s := range specs {
		ops = append(ops, s[:len(s)-len(strings.TrimLeft(s, "=!<>~"))])
	}
	slices.Sort(ops)
	ops = slices.Compact(ops)
	return " " + strings.Join(ops, ",")
}

// disk is a folder as the reader sees it.
type disk string

func (d disk) at(p string) string { return filepath.Join(string(d), filepath.FromSlash(p)) }

func (d disk) IsDir(p string) bool {
	info, err := os.Stat(d.at(p))
	return err == nil && info.IsDir()
}

func (d disk) Exists(p string) bool {
	_, err := os.Stat(d.at(p))
	return err == nil
}

func (d disk) Read(p string) ([]byte, bool) {
	data, err := os.ReadFile(d.at(p))
	return data, err == nil
}

func (d disk) InSubmodule(string) bool { return false }

// ours reads a folder, and says the same in the same way.
func ours(dir string) string {
	set := installed.Read(disk(dir), binder.NewPlan(disk(dir)), nil, nil)
	var out []string
	for _, b := range set.Broken {
		if b.Fails == truth.Yes {
			return "error"
		}
	}
	for _, q := range append(set.Requirements, set.Limits...) {
		var specs []string
		for _, s := range q.Specs {
			specs = append(specs, s.Op)
		}
		if q.At.File == "lib/setup.py" {
			continue
		}
		text := normal(specs)
		if q.URL != "" {
			text = ""
		}
		if q.Sure == truth.Unknown {
			text += " ?"
		}
		out = append(out, fmt.Sprintf("%s:%d %s%s", q.At.File, q.At.Line, q.Name, text))
	}
	for _, d := range set.Directs {
		out = append(out, fmt.Sprintf("%s:%d direct", d.At.File, d.At.Line))
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}

// theirs asks pip about all folders at once.
func theirs(t *testing.T, dirs []string) []taken {
	t.Helper()
	return venv.Answers[taken](t, venv.Python(t, "pip", "pip=="+release), dirs, "testdata/lists.py", release)
}

// folder makes a repository with a list of packages, and what such lists name.
func folder(t *testing.T, list string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"runtime.txt": "python-3.10\n", "requirements.txt": list,
		"more.txt": "# c\nmore-a>=1\nmore-b\n", "deep/all.txt": "-r ../more.txt\ndeep-a\n-c limits.txt\n", "deep/limits.txt": "limit-a<2\n",
		"broken.txt": "fine\nbroken=1\n", "loop.txt": "loop-a\n-r loop.txt\n", "wide.txt": string(wide("wide-a\r\nwide-b==1\r\n")),
		"lib/setup.py": "from setuptools import setup\nsetup(name='lib')\n", "bare/x.txt": "", "x-1.0-py3-none-any.whl": "", "x.tar.gz": "",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// wide writes a text as UTF-16, as PowerShell does.
func wide(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

var number = regexp.MustCompile(`(?m):\d+`)

// compare compares the readings of lists.
func compare(t *testing.T, lists []string) {
	t.Helper()
	var dirs []string
	for _, text := range lists {
		dirs = append(dirs, folder(t, text))
	}
	refused := 0
	for i, want := range theirs(t, dirs) {
		got, want := ours(dirs[i]), want
		expected := want.String()
		if strings.ContainsAny(strings.ReplaceAll(lists[i], "\r\n", "\n"), "\r\v\f\u2028") { // pip counts lines by them, and nothing else does
			got, expected = number.ReplaceAllString(got, ""), number.ReplaceAllString(expected, "")
		}
		if got != expected {
			t.Errorf("%q:\n got %s\nwant %s %s", lists[i], got, expected, want.Error)
		}
		if want.Error != "" {
			refused++
		}
	}
	t.Logf("%d lists, of which pip refuses %d", len(lists), refused)
	if refused == 0 || refused == len(lists) {
		t.Error("the lists are all alike")
	}
}

// TestLines compares the readings of lists of one line each.
func TestLines(t *testing.T) { compare(t, append(lines(), encoded()...)) }

// TestGenerated compares the readings of lists of several lines.
func TestGenerated(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pool := lines()
	var lists []string
	for range 250 {
		var b strings.Builder
		for range 1 + random.IntN(5) {
			line := pool[random.IntN(len(pool))]
			switch random.IntN(12) {
			case 0:
				line = strings.ReplaceAll(line, " ", " \\\n")
			case 1:
				line = "  " + line + "  # c"
			case 2:
				line += "\n# c"
			case 3:
				line += " \\\n# c"
			case 4:
				line += "\\"
			}
			b.WriteString(line + []string{"\n", "\n", "\r\n", "\n\n"}[random.IntN(4)])
		}
		lists = append(lists, b.String())
	}
	compare(t, lists)
}

// encoded are lists in several encodings.
func encoded() []string {
	return []string{
		string(wide("a==1\r\nb\r\n")), string(wide("a=1\r\n")), "\xef\xbb\xbfa\n", "\xfe\xff\x00a\x00\n", "\xff\xfea", "\xff\xfe\x00\x00a\x00\x00\x00", "\x00\x00\xfe\xff\x00\x00\x00a",
		"# coding: latin-1\na # \xe9\n", "#\n# -*- coding: latin-1 -*-\na # \xe9\n", "#\n#\n# coding: latin-1\na # \xe9\n", "a # \xe9\n", "a # é\n", "# coding: ascii\na # é\n", "# coding: utf8\na\n",
		"a\x0bb\n", "a\x0cb\n", "a\u2028b\n", "a\rb\n", "a\u00a0# c\n", "a\u00a0\n", "\ufeff\ufeffa\n", "a\x00\n",
	}
}

// lines are lines that such lists have, right and wrong ones.
func lines() []string {
	out := []string{"bokeh", "Bokeh", "a.b_c-d", "a1", "1a", "a-", "-a", "_a", "a_", "bo keh", "bokéh", "a..b", "a#b", "a #b", "a\t#b", "a\tb", "*", "a!", "a$b", "'bokeh'", "\"bokeh\"", "bokeh,", "bokeh;", "bokeh ;", ",bokeh", "a@b", "a/b", ".", "./", "a:b"}
	for _, versions := range []string{
		"==3", "== 3", " == 3.1.0 ", "=3", "= 3", "=>3", "=<3", "==", "===3", "===x", "=== 3 4", "==3.*", "==3*", ">=3.*", "!=3.1.*", "~=3", "~=3.1", "~= 3.1.2", "<3,>=2", "<3, >=2", ">=2,", ",>=2", ">=2 <3", ">=2;<3",
		"==v3", "==3.0rc1", "==3.0-rc.1", "==3.0a", "==3.0.post1", "==3.0-1", "==3.0.dev1", "==1!3.0", "==3+local.1", ">=3+local", "==3.x", "==latest", "==3.1.*.2", "==3.1.*rc1", "(>=3)", " (>=3,<4)", "(>=3", ">=3)", "()", "(3)", " 3", "3", "^3", "~3", ">=3.", ">=.3", "==3..1", "==3,==3", "<>3", "> 3", ">= 3 , < 4", "==2021.10.8", "== 3.9 # c", "==3#c", "==3,,<4", "<=3.0.0.0", "==1e3", ">=3 and <4",
	} {
		out = append(out, "bokeh"+versions)
	}
	for _, extras := range []string{"[a]", "[a,b]", "[ a , b ]", "[]", "[a", "a]", "[a]>=3", " [a]", ">=3[a]", "[a b]", "[a,]", "[-a]", "[A.b]"} {
		out = append(out, "dask"+extras)
	}
	for _, marker := range []string{
		"python_version<'3.11'", "python_version < \"3.10\"", "python_version>='3.10'", "python_version=='3.10'", "python_version=='3.1'", "python_version in '3.9 3.10'", "python_version not in '2.7'", "python_version~='3.8'",
		"sys_platform=='linux'", "sys_platform == 'win32'", "sys.platform=='linux'", "os_name=='posix'", "platform_system=='Linux' and python_version>'3'", "sys_platform=='win32' or os_name=='posix'", "(sys_platform=='win32' or os_name=='nt') and python_version>'3'",
		"'linux' in sys_platform", "'3.9' < python_version", "extra=='x'", "platform_machine=='x86_64'", "platform_python_implementation!='CPython'", "implementation_name=='cpython'", "python_full_version>='3.9.1'", "python_full_version<'3.9.1'", "python_implementation=='CPython'",
		"python_version", "python_version<3.9", "python_version<'3.9", "nonsense=='x'", "python_version='3.9'", "python_version<'3.9' and", "(python_version<'3.9'", "python_version<'3.9')", "'a'=='b'", "sys_platform==linux", "not sys_platform=='x'", "python_version == '3.*'", "sys_platform>='l'", "python_version<'3.9' # c",
	} {
		out = append(out, "tool;"+marker, "tool>=1 ; "+marker)
	}
	out = append(out,
		"https://x.example/a.zip", "https://x.example/a-1.0-py3-none-any.whl", "https://x.example/a.zip#egg=wave", "git+https://x.example/a", "git+https://x.example/a@main#egg=wave", "git+ssh://git@x.example/a#egg=wave&subdirectory=b",
		"wave @ https://x.example/a.zip", "wave@https://x.example/a.zip", "wave[a] @ git+https://x.example/a ; python_version>'3'", "wave @ https://x.example/a.zip ; python_version<'3'", "wave @", "wave @ x", "https://x.example/a.zip ; python_version<'3'", "https://x.example/a.zip; python_version<'3'",
		"./lib", "lib", "lib/", "./lib[a]", "./bare", "./nothing", "nothing/there", "./x.tar.gz", "x.tar.gz", "x-1.0-py3-none-any.whl", "-e .", "-e ./lib", "-e lib", "-elib", "-e lib[a]", "--editable=lib", "--editable lib", "-e nothing", "-e ./bare",
		"-e git+https://x.example/a#egg=wave", "-e git+https://x.example/a", "-e https://x.example/a.zip", "-e wave", "-e", "-e wave @ git+https://x.example/a", "svn+https://x.example/a#egg=b", "ftp://x.example/a.zip", "git://x.example/a", "git@x.example:a/b.git",
	)
	return append(out,
		"-r more.txt", "-rmore.txt", "--requirement more.txt", "--requirement=more.txt", "--req more.txt", "-r  more.txt", "-r 'more.txt'", "-r deep/all.txt", "-r broken.txt", "-r loop.txt", "-r ./requirements.txt", "-r nothing.txt", "-r", "-r wide.txt", "-r deep", "-r more.txt -r deep/all.txt", "-r more.txt extra", "-r more.txt -c deep/limits.txt",
		"-c deep/limits.txt", "-c nothing.txt", "--constraint deep/limits.txt", "-c broken.txt", "-c more.txt bokeh",
		"-i https://x.example", "--index-url https://x.example", "--index-url=https://x.example", "--extra-index-url https://x.example", "--no-index", "--no-index=1", "-f https://x.example", "--find-links=./lib", "--pre", "--no-binary :all:", "--no-binary=:all:", "--only-binary", "--prefer-binary", "--require-hashes", "--trusted-host x.example", "--use-feature fast-deps", "--use-feature nonsense",
		"--upgrade", "-U", "--user", "--no-deps", "--nonsense", "-q", "--", "-", "--i https://x.example", "--no", "--index-url", "--index-url 'x", "--pre --no-index", "--global-option=x", "--timeout 5", "-v", "--target x",
		"bokeh --hash=sha256:aa", "bokeh==3 --hash=sha256:aa --hash=sha256:bb", "bokeh --hash=md5:aa", "bokeh --hash sha256:aa", "bokeh --pre", "bokeh --nonsense", "bokeh --global-option=\"a b\"", "bokeh --config-settings=a=b", "bokeh --config-settings=a", "bokeh - c", "bokeh -r more.txt", "bokeh\t--pre", "bokeh -e lib", "bokeh --hash='sha256:aa",
		"pip install bokeh", "import bokeh", "bokeh panel", "<<<<<<< HEAD", "=======", "name: x", "- bokeh", "\\", "\\\\", "bokeh\\", "{bokeh}", "# only a comment", "   ", "bokeh #", "bokeh # -r nothing.txt", "version https://x.example/spec/v1",
	)
}
