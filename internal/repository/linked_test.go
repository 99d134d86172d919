package repository_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// TestLinkedAddresses offers an app at the address that its author's link names, where
// that can work.
func TestLinkedAddresses(t *testing.T) {
	const (
		voila = `c.ServerProxy.servers = {"dash": {"command": ["voila", "app.ipynb", "--port={port}", "--base_url={base_url}dash/"], "absolute_url": True}}`
		bokeh = `c.ServerProxy.servers = {"b": {"command": ["bokeh", "serve", "app.py", "--port={port}"]}}`
		any   = `c.ServerProxy.servers = {"w": {"command": ["python", "web.py", "{port}"]}}`
		path  = `c.ServerProxy.servers = {"w": {"command": ["python", "web.py", "{port}"], "launcher_entry": {"path_info": "w/start"}}}`
		run   = "#!/bin/bash\nbokeh serve app.py --port 5006 &\nexec \"$@\"\n"
	)
	tests := []struct {
		name, config, start, packages, link, want string
		from                                      card.From
	}{
		{"no link", voila, "", "voila", "", "/dash/", card.FromStart},
		{"the start's", voila, "", "voila", "dash", "/dash/", card.FromStart},
		{"the package's", voila, "", "voila", "voila/render/app.ipynb", "/voila/render/app.ipynb", card.FromLink},
		{"both", voila, "", "voila", "voila/render/app.ipynb dash", "/dash/", card.FromStart},
		{"a package that nothing installs", bokeh, "", "bokeh", "panel/app", "/b/app", card.FromStart},
		{"another start's", bokeh, run, "bokeh", "proxy/5006/app", "/proxy/5006/app", card.FromLink},
		{"a query", bokeh, "", "bokeh", "b/app?theme=dark", "/b/app?theme=dark", card.FromLink},
		{"several queries", bokeh, "", "bokeh", "b/app?theme=dark b/app?theme=light", "/b/app", card.FromStart},
		{"a token", bokeh, "", "bokeh", "b/app?token=1", "/b/app", card.FromStart},
		{"the list of a server with apps", bokeh, "", "bokeh", "b", "/b/app", card.FromStart},
		{"a page of a server", any, "", "flask", "w/page/?a=b", "/w/page/?a=b", card.FromLink},
		{"a page of another", any, "", "flask", "web/page", "/w/", card.FromStart},
		{"the server, and the launcher's page", path, "", "flask", "w", "/w/", card.FromLink},
		{"a query of Voilà's", "", "", "voila", "voila/render/app.ipynb?voila-theme=dark", "/voila/render/app.ipynb?voila-theme=dark", card.FromLink},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := linttest.Files{
				"requirements.txt": "jupyter-server-proxy\n" + tt.packages + "\n", "start": tt.start, ".jupyter/jupyter_server_config.py": tt.config,
				"app.ipynb": "{}", "app.py": "from bokeh.io import curdoc\n", "web.py": "", "README.md": "",
			}
			if tt.start == "" {
				delete(files, "start")
			}
			for _, link := range strings.Fields(tt.link) {
				files["README.md"] += "<https://mybinder.org/v2/gh/o/n/HEAD?urlpath=" + url.QueryEscape(link) + ">\n"
			}
			facts, err := repository.Read(context.Background(), linttest.Memory(files), nil)
			if err != nil || len(facts.Apps) == 0 {
				t.Fatal(err, facts.Problems)
			}
			if app := facts.Card(nil).Apps[0]; app.URLPath != tt.want || app.From != tt.from {
				t.Errorf("got %s from %s, want %s from %s", app.URLPath, app.From, tt.want, tt.from)
			}
		})
	}
}

// TestDoubtfulAddresses offers an app of which it is not known whether the proxy is
// there only where the author's link leads to its server.
func TestDoubtfulAddresses(t *testing.T) {
	const start = "#!/bin/bash\nbokeh serve app.py --port 5006 &\nexec \"$@\"\n"
	tests := []struct{ packages, link, want string }{
		{"bokeh\njupyter-server-proxy", "", "/proxy/5006/app"},
		{"bokeh\nsomething-else", "", ""},
		{"bokeh\nsomething-else", "lab", ""},
		{"bokeh\nsomething-else", "proxy/5006/app", "/proxy/5006/app"},
		{"bokeh\nsomething-else", "proxy/5006/", "/proxy/5006/app"},
		{"bokeh", "proxy/5006/app", ""},
	}
	for _, tt := range tests {
		facts, err := repository.Read(context.Background(), linttest.Memory{
			"requirements.txt": tt.packages + "\n", "start": start, "app.py": "from bokeh.io import curdoc\n",
			"README.md": "https://mybinder.org/v2/gh/o/n/HEAD?urlpath=" + url.QueryEscape(tt.link),
		}, nil)
		if err != nil || len(facts.Apps) != 1 {
			t.Fatal(err, facts.Apps)
		}
		got := ""
		for _, app := range facts.Card(nil).Apps {
			got += app.URLPath
		}
		if got != tt.want {
			t.Errorf("%q, and a link to %q: got %q, want %q", tt.packages, tt.link, got, tt.want)
		}
	}
}

// TestChain follows half as many links as may lead on, and not twice as many.
func TestChain(t *testing.T) {
	for n, found := range map[int]bool{10: true, 40: false} {
		files := map[string]string{"end": ""}
		for i := range n {
			next := fmt.Sprintf("link%d", i+1)
			if i == n-1 {
				next = "end"
			}
			files[fmt.Sprintf("link%d -> %s", i, next)] = ""
		}
		facts, err := repository.Read(t.Context(), newTree(t, "owner/name", files), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := facts.Snapshot.Resolve("link0"); ok != found || found && got != "end" {
			t.Errorf("%d links lead to %q", n, got)
		}
	}
}
