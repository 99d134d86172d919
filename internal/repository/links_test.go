package repository_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// elsewhere is a tree that comes from where it is told.
type elsewhere struct {
	*tree
	home repo.Home
}

func (e elsewhere) Home(context.Context) repo.Home { return e.home }

// TestWhoseLinksAre asks of links whose they are.
func TestWhoseLinksAre(t *testing.T) {
	const commit = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"
	address, err := forge.Parse("https://github.com/owner/name")
	if err != nil {
		t.Fatal(err)
	}
	known := repo.Home{Address: address, Default: "trunk", Ref: "dev/x"}
	branch := repo.Home{Address: address}
	tests := []struct {
		link string
		home repo.Home
		want truth.Value
	}{
		{"gh/owner/name/HEAD", known, truth.Yes},
		{"gh/Owner/Name.git/trunk", known, truth.Yes},
		{"git/https%3A%2F%2Fgithub.com%2Fowner%2Fname.git/trunk", known, truth.Yes},
		{"gh/owner/name/dev%2Fx", known, truth.Yes},
		{"gh/owner/name/dev/x/", known, truth.Yes},
		{"gh/owner/name/main", known, truth.No},
		{"gh/owner/name/" + commit, known, truth.No},
		{"gh/owner/other/HEAD", known, truth.No},
		{"gl/owner%2Fname/HEAD", known, truth.No},
		{"zenodo/10.5281/zenodo.1", known, truth.No},
		{"gh/owner/name/HEAD", branch, truth.Yes},
		{"gh/owner/name/main", branch, truth.Unknown},
		{"gh/owner/other/main", branch, truth.No},
		{"gh/owner/name/HEAD", repo.Home{}, truth.Unknown},
		{"gh/owner/name/main", repo.Home{}, truth.Unknown},
		{"gh/owner/name/" + commit, repo.Home{}, truth.No},
	}
	for _, tt := range tests {
		tr := elsewhere{newTree(t, "", map[string]string{"README.md": "https://hub.test/v2/" + tt.link + "?urlpath=a"}), tt.home}
		facts, err := repository.Read(context.Background(), tr, nil)
		if err != nil || len(facts.Links) != 1 {
			t.Fatal(tt.link, err, facts.Links)
		}
		if got := facts.Links[0].Own; got != tt.want {
			t.Errorf("%s in %+v: got %v, want %v", tt.link, tt.home, got, tt.want)
		}
	}
}

// TestPlacesOfLinks reads what links open.
func TestPlacesOfLinks(t *testing.T) {
	tests := []struct{ query, want string }{
		{"", "{    }"},
		{"?urlpath=/proxy/5006/app/?a=b", "{/proxy/5006/app a=b 5006  }"},
		{"?urlpath=%2Fproxy%2F8501%2F", "{/proxy/8501  8501  }"},
		{"?urlpath=voila%2Frender%2F/a%20b.ipynb%3Ftheme%3Ddark", "{/voila/render/a b.ipynb theme=dark   }"},
		{"?urlpath=lab/tree/a/b.ipynb", "{/lab/tree/a/b.ipynb   a/b.ipynb }"},
		{"?urlpath=voila%2Frender%2Fa%2520b%252Fc%C3%A9%25C3%25A9.ipynb", "{/voila/render/a b/céé.ipynb    }"},
		{"?urlpath=tree/100%25.ipynb", "{/tree/100%.ipynb   100%.ipynb }"},
		{"?urlpath=tree/100%25%253F.ipynb?a=%2520", "{/tree/100%?.ipynb a=%20  100%?.ipynb }"},
		{"?filepath=a%2520b.ipynb", "{   a%20b.ipynb }"},
		{"?filepath=./a/b.ipynb", "{   a/b.ipynb }"},
		{"?filepath=a/b.ipynb?c=d#e", "{ c=d  a/b.ipynb }"},
		{"?filepath=../voila/render/a%2520b.ipynb", "{/voila/render/a%20b.ipynb    }"},
		{"?labpath=../a.ipynb", "{/doc/a.ipynb    }"},
		{"?filepath=voila/render/a.ipynb", "{   voila/render/a.ipynb /voila/render/a.ipynb}"},
		{"?labpath=proxy/5006/a?b=c", "{ b=c  proxy/5006/a /proxy/5006/a}"},
		{"?urlpath=doc/tree/proxy/5006/", "{/doc/tree/proxy/5006   proxy/5006 /proxy/5006}"},
		{"?filepath=panel/a.ipynb", "{   panel/a.ipynb }"},
		{"?labpath=a%2Fb.ipynb", "{   a/b.ipynb }"},
		{"?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252Fo%252Fn%26urlpath%3Dlab%252Ftree%252Fn%252Fa.ipynb", "{/lab/tree/n/a.ipynb   a.ipynb }"},
		{"?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252Fo%252Fn%26urlpath%3Dlab%252Ftree%252Fn%252Fa%252520b.ipynb", "{/lab/tree/n/a b.ipynb   a b.ipynb }"},
	}
	for _, tt := range tests {
		tr := newTree(t, "", map[string]string{"README.md": "[a](https://hub.test/v2/gh/o/n/main" + tt.query + ")"})
		facts, err := repository.Read(context.Background(), tr, nil)
		if err != nil || len(facts.Links) != 1 {
			t.Fatal(tt.query, err, facts.Links)
		}
		if got := fmt.Sprint(facts.Links[0].Place); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.query, got, tt.want)
		}
	}
}

// TestDocuments looks for links where authors have them, and nowhere else, and
// in a few documents alone.
func TestDocuments(t *testing.T) {
	files := map[string]string{}
	for _, p := range []string{
		"README.md", "use.rst", "docs/a.md", "doc/b.adoc", "app/README.txt", "docs/index.html", "README",
		"data.txt", "docs/deep/c.md", "page.html", ".github/d.md", "main.py", ".ipynb_checkpoints/README.md",
	} {
		files[p] = "<a href=\"https://hub.test/v2/gh/o/n/main?urlpath=a\">\n\nhttps://hub.test/v2/gh/o/n/main?urlpath=a"
	}
	for i := range 100 {
		files[fmt.Sprintf("z%d/README.md", i)] = strings.Repeat("a\n", 100)
	}
	tr := newTree(t, "", files)
	facts, err := repository.Read(context.Background(), tr, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, l := range facts.Links {
		found[l.At.File] = true
	}
	for p := range files {
		want := p[0] != 'z' && p[0] != '.' && p != "data.txt" && p != "docs/deep/c.md" && p != "page.html" && p != "main.py"
		if found[p] != want {
			t.Errorf("%s: it is searched for links: %v", p, found[p])
		}
	}
	if n := len(tr.read[0]); n > 60 {
		t.Errorf("%d files are read", n)
	}
}

// TestFrom says on the card where an address is known from.
func TestFrom(t *testing.T) {
	const link = "https://hub.test/v2/gh/owner/name/main?urlpath=voila%2Frender%2Fb%20c.ipynb%3Ftheme%3Ddark"
	notebook := `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	tests := []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"requirements.txt": "voila\n", "b c.ipynb": notebook}, "package /voila/render/b%20c.ipynb"},
		{map[string]string{"requirements.txt": "voila\n", "a.ipynb": notebook, "b c.ipynb": notebook, "README.md": link}, "link /voila/render/b%20c.ipynb?theme=dark"},
		{map[string]string{
			"requirements.txt": "voila\n", "a.ipynb": notebook, "b c.ipynb": notebook,
			"docs/c.ipynb": `{"cells": [{"cell_type": "markdown", "source": ["[b](` + link + `)\n"]}]}`,
		}, "link /voila/render/b%20c.ipynb?theme=dark"},
		{map[string]string{"binder/postBuild": "pip install voila\n", "b c.ipynb": notebook}, "package /voila/render/b%20c.ipynb"},
		{map[string]string{"requirements.txt": "voila\n", "postBuild": "mv d/*.ipynb .\n", "d/b c.ipynb": notebook}, "package /voila/render/b%20c.ipynb"},
		{map[string]string{
			"runtime.txt": "r-4.2-2023-06-01\n", "postBuild": "mv inst/a .\n", "inst/a/b.Rmd": "---\nruntime: shiny\n---\n", "inst/c.Rmd": "",
			"README.md": "https://hub.test/v2/gh/owner/name/main?urlpath=shiny/a/",
		}, "link /shiny/a/"},
		{map[string]string{
			"requirements.txt": "bokeh\njupyter-server-proxy\n", "a/main.py": "", "README.md": link,
			"start": "#!/bin/bash\nbokeh serve a &\nexec \"$@\"\n",
		}, "start /proxy/5006/a"},
	}
	for _, tt := range tests {
		facts, err := repository.Read(context.Background(), newTree(t, "owner/name", tt.files), nil)
		if err != nil {
			t.Fatal(err)
		}
		apps := facts.Card(nil).Apps
		if len(apps) != 1 || string(apps[0].From)+" "+apps[0].URLPath != tt.want {
			t.Errorf("got %+v, want %s", apps, tt.want)
		}
	}
}
