package repository

import (
	"path"
	"strings"
)

// languages names the languages of extensions, as chroma names its lexers in
// lower case.
var languages = map[string]string{
	".py": "python", ".pyi": "python", ".ipynb": "json", ".json": "json", ".geojson": "json", ".toml": "toml",
	".yaml": "yaml", ".yml": "yaml", ".sh": "bash", ".bash": "bash", ".html": "html", ".htm": "html",
	".jinja": "django/jinja", ".jinja2": "django/jinja", ".j2": "django/jinja", ".css": "css", ".scss": "scss",
	".js": "javascript", ".mjs": "javascript", ".ts": "typescript", ".tsx": "typescript", ".vue": "vue",
	".md": "markdown", ".markdown": "markdown", ".rst": "restructuredtext", ".org": "org mode",
	".cfg": "ini", ".ini": "ini", ".r": "r", ".rmd": "markdown", ".qmd": "markdown", ".jl": "julia", ".sql": "sql",
	".glsl": "glsl", ".nix": "nix", ".xml": "xml", ".svg": "xml",
}

// fileLanguages names the languages of files by their whole names.
var fileLanguages = map[string]string{
	"Dockerfile": "docker", "Pipfile": "toml", "Pipfile.lock": "json", "Makefile": "makefile",
	"postBuild": "bash", "start": "bash",
}

// languageOf returns a file's language for highlighting. The first line of a
// script without an extension tells its own.
func languageOf(p string, text string) string {
	if l, ok := languages[strings.ToLower(path.Ext(p))]; ok {
		return l
	}
	first, _, _ := strings.Cut(text, "\n")
	if strings.HasPrefix(first, "#!") {
		switch {
		case strings.Contains(first, "python"):
			return "python"
		case strings.Contains(first, "Rscript"):
			return "r"
		case strings.Contains(first, "julia"):
			return "julia"
		case strings.Contains(first, "sh"):
			return "bash"
		}
		return ""
	}
	return fileLanguages[path.Base(p)]
}
