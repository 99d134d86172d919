package tag_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// at is where the inner text of "<<< bokehbinder" at the beginning of line 3
// begins.
var at = position.Position{File: "post.md", Line: 3, Column: 1 + len(tag.Open)}

var start = position.Position{File: "post.md", Line: 3, Column: 1}

func TestParse(t *testing.T) {
	tests := []struct {
		name, inner string
		want        tag.Tag
	}{
		{"url and ref", " repo=https://github.com/owner/name ref=main ",
			tag.Tag{Repo: "https://github.com/owner/name", Ref: "main"}},
		{"no space before the closer", " repo=owner/name", tag.Tag{Repo: "owner/name"}},
		{"any order", " ref=v1 repo=o/n", tag.Tag{Repo: "o/n", Ref: "v1"}},
		{"all arguments",
			` repo=o/n ref=feature/x app=demo urlpath=/proxy/5006/app?a=1 hub="https://hub.example/base/, https://mybinder.org" title="My app" height=400 poster="../my plot.png?v=2" show=app,launch files=data/*.csv,src/**/*.py `,
			tag.Tag{Repo: "o/n", Ref: "feature/x", App: "demo", URLPath: "/proxy/5006/app?a=1", Hubs: []string{"https://hub.example/base/", "https://mybinder.org"},
				Title: "My app", Height: 400, Poster: "../my plot.png?v=2", Show: []string{"app", "launch"}, Files: []string{"data/*.csv", "src/**/*.py"}}},
		{"escapes", ` repo=o/n title="a \"b\" \\ c"`, tag.Tag{Repo: "o/n", Title: `a "b" \ c`}},
		{"a backslash in a bare value is one", ` repo=o/n title=a\b`, tag.Tag{Repo: "o/n", Title: `a\b`}},
		{"quoted without need", ` repo="o/n"`, tag.Tag{Repo: "o/n"}},
		{"an equals sign in a value", " repo=o/n title=a=b", tag.Tag{Repo: "o/n", Title: "a=b"}},
		{"curly quotes between straight ones", " repo=o/n title=\"Bob’s “app”\"", tag.Tag{Repo: "o/n", Title: "Bob’s “app”"}},
		{"line breaks between pairs", "\nrepo=o/n\r\n\n\tref=main\n", tag.Tag{Repo: "o/n", Ref: "main"}},
		{"in a block quote", "\n> repo=o/n\n>> ref=main\n>title=x\n> ", tag.Tag{Repo: "o/n", Ref: "main", Title: "x"}},
		{"in a list in a quote in a list", "\n  >   repo=o/n\n  >   ref=main", tag.Tag{Repo: "o/n", Ref: "main"}},
		{"white space in lists", ` repo=o/n show=" launch , files "`, tag.Tag{Repo: "o/n", Show: []string{"launch", "files"}}},
		{"a space in a glob", ` repo=o/n files="my data/a b.csv"`, tag.Tag{Repo: "o/n", Files: []string{"my data/a b.csv"}}},
		{"other letters", " repo=o/n title=Größe ref=zweig/ä", tag.Tag{Repo: "o/n", Title: "Größe", Ref: "zweig/ä"}},
		{"the smallest and the greatest height", " repo=o/n height=4000", tag.Tag{Repo: "o/n", Height: 4000}},
		{"greater-than signs", " repo=o/n title=a>>", tag.Tag{Repo: "o/n", Title: "a>>"}},
		{"http for loopback", " repo=http://127.0.0.1:8080/o/n.git hub=http://localhost:8585", tag.Tag{
			Repo: "http://127.0.0.1:8080/o/n.git", Hubs: []string{"http://localhost:8585"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tag.Parse(tt.inner, at)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Pos, tt.want.Address = start, address(t, tt.want.Repo)
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got  %#v\nwant %#v", *got, tt.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	const validRepo = "; valid: an https address such as https://github.com/owner/name, or owner/name for a repository on GitHub"
	const validRef = "; valid: a branch, a tag, or the full hash of a commit"
	const validPath = "; valid: a path on the Jupyter server such as /proxy/5006/bokeh-app"
	const validHub = "; valid: the https address of a BinderHub such as https://mybinder.org, or several in order, separated by commas"
	const validHeight = "; valid: a whole number from 100 to 4000"
	const validPoster = "; valid: the path of an image on your own site such as dash.png or /images/dash.png"
	const validShow = "; valid: any of launch, app, files, separated by commas"
	const validFiles = "; valid: globs such as data/*.csv or src/**/*.py, and pieces of files such as app/main.py#L10-L30 or app/main.py#load, separated by commas"
	tests := []struct {
		name, inner string
		want        []string // without "post.md:"
	}{
		{"nothing", " ", []string{"3:1: repo: is missing" + validRepo}},
		{"empty", " repo= ref=main", []string{"3:17: repo: is empty" + validRepo}},
		{"empty in quotes", ` repo=o/n title=""`, []string{"3:26: title: is empty; valid: any text"}},
		{"twice", " repo=o/n ref=a\nref=a", []string{"4:1: ref: is given twice, first at line 3, column 26"}},
		{"unknown", " repo=o/n colour=red", []string{
			"3:26: colour: is not an argument of the tag; valid: repo, ref, app, urlpath, hub, title, height, poster, show, files"}},
		{"misspelt", " repo=o/n heights=400", []string{
			"3:26: heights: is not an argument of the tag (did you mean height?); valid: repo, ref, app, urlpath, hub, title, height, poster, show, files"}},
		{"capitals", " Repo=o/n", []string{"3:1: repo: is missing" + validRepo,
			"3:17: Repo: is not an argument of the tag (did you mean repo?); valid: repo, ref, app, urlpath, hub, title, height, poster, show, files"}},
		{"another word", " repo=o/n branch=main", []string{
			"3:26: branch: is not an argument of the tag (did you mean ref?); valid: repo, ref, app, urlpath, hub, title, height, poster, show, files"}},
		{"no pair", " repo=o/n main", []string{`3:26: "main" is not a key=value pair`}},
		{"space after =", " repo=o/n ref= main", []string{"3:26: ref: is empty" + validRef, `3:31: "main" is not a key=value pair`}},
		{"space before =", " repo=o/n ref =main", []string{`3:26: "ref" is not a key=value pair`,
			`3:30: "=main" begins with =: no white space may stand around it`}},
		{"curly quotes", " repo=o/n title=“My app”", []string{
			`3:26: title: "“My app”" has a curly quote: write straight ones, "…"; valid: any text`}},
		{"curly quote at the end", " repo=o/n title=\"My app” ref=x", []string{
			`3:26: title: "\"My app” ref=x" has a curly quote: write straight ones, "…"; valid: any text`}},
		{"guillemets", " repo=o/n title=«My app»", []string{
			`3:26: title: "«My app»" has a curly quote: write straight ones, "…"; valid: any text`}},
		{"apostrophes", " repo=o/n title='My app'", []string{
			`3:26: title: "'My app'" has an apostrophe: values that need quotes stand between double ones, "…"; valid: any text`}},
		{"an apostrophe", " repo=o/n title=Bob's", []string{
			`3:26: title: "'s" has an apostrophe: values that need quotes stand between double ones, "…"; valid: any text`}},
		{"unclosed", ` title="My app repo=o/n`, []string{
			`3:17: title: "\"My app repo=o/n" has no closing quote on its line; valid: any text`}},
		{"a line break in quotes", " repo=o/n title=\"My\napp\"", []string{
			`3:26: title: "\"My" has no closing quote on its line; valid: any text`, `4:1: "app\"" is not a key=value pair`}},
		{"another escape", ` repo=o/n title="a\nb"`, []string{
			`3:26: title: "\\n" is not an escape: only \" and \\ are; valid: any text`}},
		{"text behind a quote", ` repo="o/n"ref=main`, []string{
			`3:17: repo: "ref=main" stands directly behind the value` + validRepo}},
		{"a no-break space", " repo=o/n\u00a0ref=main", []string{
			`3:17: repo: "\u00a0ref=main" has white space that is not a plain space, a tab or a line break` + validRepo}},
		{"an opener", " repo=o/n <<< ref=x", []string{`3:26: "<<<" opens a tag inside this one: is a >>> missing before it?`}},
		{"ssh", " repo=git@github.com:o/n.git", []string{
			"3:17: repo: ssh addresses are not read; write https://github.com/o/n" + validRepo}},
		{"the page of a branch", " repo=https://github.com/o/n/tree/main", []string{
			"3:17: repo: the address is that of a page inside the repository; write repo=https://github.com/o/n ref=main" + validRepo}},
		{"ref: dots", " repo=o/n ref=a..b", []string{`3:26: ref: "a..b" holds ..` + validRef}},
		{"ref: option", " repo=o/n ref=--upload-pack=x", []string{`3:26: ref: "--upload-pack=x" begins with -` + validRef}},
		{"ref: revision", " repo=o/n ref=main~1", []string{`3:26: ref: "main~1" is not the name of a branch or tag` + validRef}},
		{"urlpath: other site", " repo=o/n urlpath=//evil.test/x", []string{
			`3:26: urlpath: "//evil.test/x" holds //, which can lead to another site` + validPath}},
		{"urlpath: absolute", " repo=o/n urlpath=https://evil.test/x", []string{
			`3:26: urlpath: "https://evil.test/x" is an absolute address` + validPath}},
		{"urlpath: script", " repo=o/n urlpath=/javascript:alert(1)", []string{
			`3:26: urlpath: "/javascript:alert(1)" is an absolute address` + validPath}},
		{"urlpath: backslash", ` repo=o/n urlpath=\\evil.test`, []string{
			`3:26: urlpath: "\\\\evil.test" has white space or a backslash` + validPath}},
		{"urlpath: tab", " repo=o/n urlpath=\"\t/evil.test\"", []string{
			`3:26: urlpath: "\t/evil.test" holds a line break or another control character` + validPath}},
		{"urlpath: up", " repo=o/n urlpath=a/%2e./b", []string{
			`3:26: urlpath: "a/%2e./b" holds .., which leads out of the server` + validPath}},
		{"urlpath: no escape", " repo=o/n urlpath=100%/b", []string{
			`3:26: urlpath: "100%/b" has a % that is no escape: write %25` + validPath}},
		{"hub: http", " repo=o/n hub=http://hub.example", []string{
			`3:26: hub: "http://hub.example" is not the https address of a BinderHub` + validHub}},
		{"hub: user", " repo=o/n hub=https://u:p@hub.example", []string{
			`3:26: hub: "https://u:p@hub.example" is not the https address of a BinderHub` + validHub}},
		{"hub: query", " repo=o/n hub=https://hub.example/?x", []string{
			`3:26: hub: "https://hub.example/?x" is not the https address of a BinderHub` + validHub}},
		{"title: blank", ` repo=o/n title=" "`, []string{`3:26: title: " " has nothing to read; valid: any text`}},
		{"title: invisible", " repo=o/n title=\u200b", []string{`3:26: title: "\u200b" has nothing to read; valid: any text`}},
		{"title: direction", " repo=o/n title=a\u202eb", []string{
			`3:26: title: "a\u202eb" holds an invisible character that changes the direction of text; valid: any text`}},
		{"title: not UTF-8", " repo=o/n title=a\xffb", []string{
			`3:26: title: "a\xffb" holds bytes that are not UTF-8; valid: any text`}},
		{"title: closer", " repo=o/n title=\"a >>> b\"", []string{
			`3:26: title: "a >>> b" holds >>>, which ends a tag; valid: any text`}},
		{"height: unit", " repo=o/n height=400px", []string{`3:26: height: "400px" is not a whole number` + validHeight}},
		{"height: low", " repo=o/n height=99", []string{`3:26: height: "99" is out of range` + validHeight}},
		{"height: high", " repo=o/n height=4001", []string{`3:26: height: "4001" is out of range` + validHeight}},
		{"height: many digits", " repo=o/n height=99999999999999999999", []string{
			`3:26: height: "99999999999999999999" is not a whole number` + validHeight}},
		{"poster: other site", " repo=o/n poster=//evil.test/x.png", []string{
			`3:26: poster: "//evil.test/x.png" begins with //, which leads to another site` + validPoster}},
		{"poster: absolute", " repo=o/n poster=https://evil.test/x.png", []string{
			`3:26: poster: "https://evil.test/x.png" is an absolute address: nothing is asked of another site before a reader wants it` + validPoster}},
		{"poster: data", " repo=o/n poster=data:image/png,x", []string{
			`3:26: poster: "data:image/png,x" is an absolute address: nothing is asked of another site before a reader wants it` + validPoster}},
		{"poster: backslash", ` repo=o/n poster=/\evil.test`, []string{
			`3:26: poster: "/\\evil.test" begins or ends with white space, or holds a backslash` + validPoster}},
		{"poster: space", ` repo=o/n poster=" //evil.test"`, []string{
			`3:26: poster: " //evil.test" begins or ends with white space, or holds a backslash` + validPoster}},
		{"show: unknown and twice", " repo=o/n show=code,app,app", []string{
			`3:26: show: "code" is not a part` + validShow, `3:26: show: "app" is listed twice` + validShow}},
		{"show: trailing comma", " repo=o/n show=app,", []string{"3:26: show: is empty" + validShow}},
		{"files: root", " repo=o/n files=/etc/passwd", []string{
			`3:26: files: "/etc/passwd" begins with a slash: globs start at the repository's root` + validFiles}},
		{"files: up", " repo=o/n files=../x", []string{`3:26: files: "../x" holds an empty part, . or ..` + validFiles}},
		{"files: folder", " repo=o/n files=data/", []string{
			`3:26: files: "data/" ends in a slash: write /** for all that is in a folder` + validFiles}},
		{"files: stars", " repo=o/n files=a**/b", []string{
			`3:26: files: "a**/b" has ** beside other text: it stands for whole path elements` + validFiles}},
		{"everything at once, in a quote", "\n> reff=x\n> height=1 zzz", []string{"3:1: repo: is missing" + validRepo,
			"4:3: reff: is not an argument of the tag (did you mean ref?); valid: repo, ref, app, urlpath, hub, title, height, poster, show, files",
			`5:3: height: "1" is out of range` + validHeight, `5:12: "zzz" is not a key=value pair`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tag.Parse(tt.inner, at)
			if got != nil || err == nil {
				t.Fatalf("got %v, want errors", got)
			}
			want := "post.md:" + strings.Join(tt.want, "\npost.md:")
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestErrorsAreOneByOne(t *testing.T) {
	_, err := tag.Parse(" height=1 zzz", at)
	var one *tag.Error
	if !errors.As(err, &one) || one.Arg != "repo" || one.Pos != start {
		t.Errorf("first error is %+v", one)
	}
	var all tag.Errors
	if !errors.As(err, &all) || len(all) != 3 || all[1].Arg != "height" || all[2].Arg != "" {
		t.Errorf("errors are %v", all)
	}
}

// address reads an address that is right.
func address(t *testing.T, repo string) forge.Address {
	t.Helper()
	a, err := forge.Parse(repo)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFromArgs(t *testing.T) {
	got, err := tag.FromArgs(map[string]string{"repo": "o/n", "title": `a "b"`, "show": "app,files", "height": "300"}, at)
	if err != nil {
		t.Fatal(err)
	}
	want := tag.Tag{Repo: "o/n", Title: `a "b"`, Show: []string{"app", "files"}, Height: 300, Pos: at, Address: address(t, "o/n")}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got  %#v\nwant %#v", *got, want)
	}
	_, err = tag.FromArgs(map[string]string{"zzz": "", "Repo": "o/n", "title": "a\nb", "ref": ""}, at)
	var args []string
	var all tag.Errors
	errors.As(err, &all)
	for _, e := range all {
		if e.Pos != at {
			t.Errorf("%v: not at the place of the arguments", e)
		}
		args = append(args, e.Arg)
	}
	if list := strings.Join(args, " "); list != "repo ref title Repo zzz" {
		t.Errorf("errors are about %s", list)
	}
}

func TestErrorWithoutPlace(t *testing.T) {
	for _, tt := range []struct {
		at   position.Position
		want string
	}{
		{position.Position{}, `"zzz" is not a key=value pair`},
		{position.Position{File: "a.md"}, `a.md: "zzz" is not a key=value pair`},
	} {
		if _, err := tag.Parse(" repo=o/n\n\nzzz", tt.at); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
