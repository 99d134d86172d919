package repository_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// TestNotebooksOfImages finds the notebook that an image shows, at its address inside the
// image.
func TestNotebooksOfImages(t *testing.T) {
	const (
		jupyter = "FROM jupyter/base-notebook\nRUN pip install voila\n"
		python  = "FROM python:3.12\nRUN pip install notebook jupyterhub voila\n"
		other   = "FROM somebody/base\nRUN pip install voila\n"
		args    = "ARG NB_USER=jovyan\nENV HOME /home/${NB_USER}\nENV USER=${NB_USER}\n"
	)
	tests := []struct{ name, docker, files, want string }{
		{"a folder", jupyter + "COPY a.ipynb notebooks/", "a", "/voila/render/notebooks/a.ipynb"},
		{"a folder below the home", jupyter + "COPY a.ipynb /home/jovyan/nb/", "a", "/voila/render/nb/a.ipynb"},
		{"another name", jupyter + "COPY a.ipynb b.ipynb", "a", "/voila/render/b.ipynb"},
		{"perhaps a folder", jupyter + "COPY a.ipynb b", "a", ""},
		{"elsewhere", jupyter + "COPY a.ipynb /srv/", "a", ""},
		{"its working folder", jupyter + "WORKDIR /srv\nCOPY a.ipynb .", "a", "/voila/render/a.ipynb"},
		{"a working folder below", jupyter + "COPY . /srv/\nWORKDIR /srv/nb\n", "nb/a", "/voila/render/a.ipynb"},
		{"a working folder above", python + "COPY . /srv/app", "a", "/voila/render/srv/app/a.ipynb"},
		{"a folder's content", jupyter + "COPY nb/ ./", "nb/a", "/voila/render/a.ipynb"},
		{"a pattern", jupyter + "COPY nb/*.ipynb app/", "nb/a", "/voila/render/app/a.ipynb"},
		{"several sources", jupyter + "COPY x.txt a.ipynb app/", "a", "/voila/render/app/a.ipynb"},
		{"a list", jupyter + `COPY ["a.ipynb", "app/"]`, "a", "/voila/render/app/a.ipynb"},
		{"an owner", jupyter + "COPY --chown=${NB_UID}:100 a.ipynb app/", "a", "/voila/render/app/a.ipynb"},
		{"variables", other + args + "COPY . ${HOME}\nWORKDIR ${HOME}", "a", "/voila/render/a.ipynb"},
		{"variables in a known image", jupyter + args + "COPY nb ${HOME}/app", "nb/a", "/voila/render/app/a.ipynb"},
		{"an unknown base", other + "COPY a.ipynb nb/", "a", "/voila/render/nb/a.ipynb"},
		{"moved afterwards", jupyter + "COPY a.ipynb nb/\nRUN mv nb/a.ipynb /srv", "a", ""},
		{"removed afterwards", jupyter + "COPY nb nb\nRUN rm -r nb", "nb/a", ""},
		{"another stage", "FROM x AS y\nCOPY a.ipynb app/\n" + jupyter + "COPY --from=y /app .", "a", ""},
		{"one of several", jupyter + "COPY . .", "a b", ""},
		{"the one of the command", jupyter + "COPY . nb\nCMD [\"voila\", \"nb/b.ipynb\", \"--no-browser\"]", "a b", "/voila/render/nb/b.ipynb"},
		{"the command alone brings it", "FROM somebody/base\nCOPY . .\nCMD voila b.ipynb", "a b", "/voila/render/b.ipynb"},
		{"Python's module", jupyter + "COPY . .\nCMD python -m voila --port=$PORT ./b.ipynb", "a b", "/voila/render/b.ipynb"},
		{"Jupyter's command", jupyter + "COPY . .\nCMD [\"jupyter\", \"voila\", \"/home/jovyan/b.ipynb\"]", "a b", "/voila/render/b.ipynb"},
		{"Jupyter's address", jupyter + "COPY . .\nCMD jupyter lab --ServerApp.default_url=/voila/render/b.ipynb", "a b", "/voila/render/b.ipynb"},
		{"the starter of Jupyter's images", jupyter + "COPY . .\nCMD [\"start-notebook.py\", \"--ServerApp.default_url=/voila/render/b.ipynb\"]", "a b", "/voila/render/b.ipynb"},
		{"Voilà's list", jupyter + "COPY . .\nCMD [\"jupyter\", \"notebook\", \"--VoilaConfiguration.file_allowlist=['b.ipynb']\"]", "a b", "/voila/render/b.ipynb"},
		{"two of the command", jupyter + "COPY . .\nCMD jupyter lab a.ipynb b.ipynb", "a b", ""},
		{"one that is not there", jupyter + "COPY . .\nCMD voila c.ipynb", "a b", ""},
		{"no Voilà", "FROM somebody/base\nCOPY . .\nCMD jupyter lab b.ipynb", "a b", ""},
		{"an entry point", jupyter + "COPY . .\nENTRYPOINT [\"voila\", \"b.ipynb\"]", "a b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := linttest.Files{"Dockerfile": tt.docker + "\n", "x.txt": ""}
			for _, name := range strings.Fields(tt.files) {
				files[name+".ipynb"] = `{"cells": [{"cell_type": "code", "source": ["1"]}]}`
			}
			facts, err := repository.Read(context.Background(), linttest.Memory(files), nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, app := range facts.Card(nil).Apps {
				got += app.URLPath
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
