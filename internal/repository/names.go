package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
)

// nature is what a file's name says that it holds.
type nature uint8

const (
	natureData   nature = iota // whatever is not known to be text that people write
	natureSource               // code and settings
	natureDocs                 // what people read
)

// codeEndings holds the extensions of code and settings.
var codeEndings = setOf(".py .pyi .ipynb .html .htm .jinja .jinja2 .j2 .css .scss .less .js .mjs .ts .tsx .vue " +
	".yaml .yml .toml .cfg .ini .conf .sh .bash .r .rmd .qmd .jl .sql .glsl .nix .gitattributes .gitignore")

// documents holds the extensions of what people read.
var documents = setOf(".md .markdown .rst .adoc .org")

// settings holds names of JSON files that are settings, where others are data.
var settings = setOf("theme.json package.json tsconfig.json bokeh.ext.json")

// binaries holds the extensions of what is never text.
var binaries = setOf(".png .jpg .jpeg .gif .webp .ico .bmp .tif .tiff .pdf .zip .gz .bz2 .xz .7z .tar .tgz .whl " +
	".parquet .feather .arrow .h5 .hdf5 .nc .npy .npz .pkl .pickle .joblib .xls .xlsx .ods .sqlite .db .mp3 .mp4 .webm " +
	".woff .woff2 .ttf .otf .so .dll .dylib .exe .bin .pt .pth .onnx .rds .rdata")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// natureOf tells a file's nature by its name.
func natureOf(p string) nature {
	name := strings.ToLower(path.Base(p))
	ext := path.Ext(name)
	switch {
	case documents[ext], isReadme(name), strings.HasPrefix(name, "license"):
		return natureDocs
	case codeEndings[ext], settings[name], binder.EnvironmentRank(path.Base(p)) >= 0, isRequirements(name):
		return natureSource
	case ext == "" && (name == "postbuild" || name == "start" || name == "makefile" || name == "procfile"):
		return natureSource
	case jupyter.IsName(p):
		return natureSource
	}
	return natureData
}

func isReadme(name string) bool {
	name = strings.ToLower(name)
	return name == "readme" || strings.HasPrefix(name, "readme.")
}

// isRequirements says whether a lower-case name is of a list of packages.
func isRequirements(name string) bool {
	return strings.HasPrefix(name, "requirements") && strings.HasSuffix(name, ".txt")
}

// isPackaging says whether a file of this name makes its folder a Python
// package that can be installed.
func isPackaging(name string) bool {
	return name == "setup.py" || name == "setup.cfg" || name == "pyproject.toml"
}

// isMain says whether a file of this name makes its folder an app.
func isMain(name string) bool { return slices.Contains(mains, name) }

var mains = framework.Mains()

// skipped says whether a path is in a folder of what tools put there.
func skipped(p string) bool {
	for _, dir := range [...]string{"node_modules/", "__pycache__/", ".ipynb_checkpoints/", "site-packages/", ".venv/", "venv/"} {
		if i := strings.Index(p, dir); i == 0 || i > 0 && p[i-1] == '/' {
			return true
		}
	}
	return false
}

// known says whether the whole of an argument is known.
func known(arg string) bool { return !strings.Contains(arg, "{") }
