package inspect

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/binder"
)

// nature is what a file's name says that it holds.
type nature uint8

const (
	natureData   nature = iota // whatever is not known to be text that people write
	natureSource               // code and settings
	natureDocs                 // what people read
)

// sources holds the extensions of code and settings.
var sources = setOf(".py .pyi .ipynb .html .htm .jinja .jinja2 .j2 .css .scss .less .js .mjs .ts .tsx .vue " +
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
	case sources[ext], settings[name], binder.EnvironmentRank(path.Base(p)) >= 0, isRequirements(name):
		return natureSource
	case ext == "" && (name == "postbuild" || name == "start" || name == "makefile" || name == "procfile"):
		return natureSource
	case IsJupyterConfig(p):
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

// IsJupyterConfig says whether Jupyter would read a file of this name in one
// of its configuration folders: jupyter_server_config.py, or a JSON file in a
// folder jupyter_server_config.d, and the same for its other applications.
func IsJupyterConfig(p string) bool {
	dir, name := path.Split(p)
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	switch ext {
	case ".py":
		return isConfigName(stem)
	case ".json":
		folder := path.Base(dir)
		return isConfigName(stem) || strings.HasSuffix(folder, ".d") && isConfigName(strings.TrimSuffix(folder, ".d"))
	}
	return false
}

func isConfigName(stem string) bool {
	return strings.HasPrefix(stem, "jupyter_") && strings.HasSuffix(stem, "config")
}

// isPackaging says whether a file of this name makes its folder a Python
// package that can be installed.
func isPackaging(name string) bool {
	return name == "setup.py" || name == "setup.cfg" || name == "pyproject.toml"
}

// isMain says whether a file of this name makes its folder an app that Bokeh
// can serve.
func isMain(name string) bool { return name == "main.py" || name == "main.ipynb" }

// skipped says whether a path is in a folder of what tools put there.
func skipped(p string) bool {
	for _, dir := range [...]string{"node_modules/", "__pycache__/", ".ipynb_checkpoints/", "site-packages/", ".venv/", "venv/"} {
		if i := strings.Index(p, dir); i == 0 || i > 0 && p[i-1] == '/' {
			return true
		}
	}
	return false
}
