package site

import (
	"os"
	"path/filepath"
)

// Generator is what is known of a site's generator, other than Hugo.
type Generator struct {
	// Config is the file by which its sites are known.
	Config string
	// Served is the folder of a site, with slashes, that is served at its top.
	Served string
	// Head are the lines that bring style and script into the pages, for STYLE and
	// SCRIPT, relative to Served, and for FOLDER, which has them.
	Head string
}

// generators has a row for each; one that has two files has two.
var generators = []Generator{
	{"_config.yml", ".", `In the <head> of your layout:

<link rel="stylesheet" href="{{ '/STYLE' | relative_url }}">
<script type="module" src="{{ '/SCRIPT' | relative_url }}"></script>
`},
	{"mkdocs.yml", "docs", `In mkdocs.yml:

extra_css:
  - STYLE
extra_javascript:
  - path: SCRIPT
    type: module
`},
	{"conf.py", "_static", `In conf.py:

html_css_files = ["STYLE"]
html_js_files = [("SCRIPT", {"type": "module"})]
`},
	{"eleventy.config.js", ".", eleventy},
	{".eleventy.js", ".", eleventy},
}

const eleventy = `In the configuration:

eleventyConfig.addPassthroughCopy("FOLDER");

In the <head> of your layout:

<link rel="stylesheet" href="{{ '/STYLE' | url }}">
<script type="module" src="{{ '/SCRIPT' | url }}"></script>
`

// made are folders that generators and package managers write: no content.
var made = []string{"node_modules", "_site", "_build", "vendor", "build", "site"}

// GeneratorOf returns the generator, other than Hugo, whose site a folder is. Such a
// site keeps its cards as a Hugo site does, for bokehbinder expand.
func GeneratorOf(dir string) (Generator, bool) {
	for _, g := range generators {
		if info, err := os.Stat(filepath.Join(dir, g.Config)); err == nil && info.Mode().IsRegular() {
			return g, true
		}
	}
	return Generator{}, false
}

// OpenOther returns the site of another generator. Its content are the Markdown files.
func OpenOther(dir string) (*Site, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &Site{Root: root, Content: []string{root}, Assets: filepath.Join(root, "assets"), Other: true}, nil
}
