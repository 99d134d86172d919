package main

import (
	"fmt"
	"slices"
	"strings"
)

// compiled are the packages with compiled parts that repositories with
// dashboards pin most: what Bokeh and Panel plot, compute and map with, and the
// four that lists made by "pip freeze" always have. Where a package has moved at
// conda-forge, the feedstocks follow. Bokeh and Panel have nothing compiled, so any
// Python takes their sources; they are here for the Pythons that they require. They, and
// those that have no source on the index, were looked at there alone, as those below: some
// that are compiled, and some whose sources any Python takes.
var compiled = slices.Concat([]measured{
	{name: "numpy"}, {name: "pandas"}, {name: "scipy"}, {name: "matplotlib"}, {name: "scikit-learn"},
	{name: "scikit-image"}, {name: "statsmodels"}, {name: "pyarrow", feedstocks: []string{"pyarrow", "arrow-cpp"}},
	{name: "pillow"}, {name: "h5py"}, {name: "netcdf4"}, {name: "numba"}, {name: "shapely"}, {name: "pyproj"},
	{name: "cartopy"}, {name: "lxml"}, {name: "pyyaml"}, {name: "markupsafe"}, {name: "tornado"}, {name: "pyzmq"},
	{name: "bokeh", pure: true, index: true}, {name: "panel", pure: true, index: true},
	{name: "tensorflow", index: true}, {name: "torch", index: true}, {name: "opencv-python", index: true},
}, onIndex(false, `fiona rasterio psycopg2-binary pystan prophet spacy gensim llvmlite vtk rdkit cvxpy xgboost lightgbm
	astropy tables numexpr aiohttp protobuf grpcio torchvision tensorflow-cpu jaxlib opencv-python-headless open3d
	cryptography polars duckdb`), onIndex(true, `sqlalchemy psutil cython geopandas seaborn xarray plotly dash streamlit voila
	ipywidgets altair holoviews hvplot datashader networkx ipython notebook jupyterlab jupyter-server-proxy flask dask
	pyvista pymc3 keras transformers ipykernel`))

// measured is a package whose releases are looked up.
type measured struct {
	name       string
	feedstocks []string
	pure       bool
	index      bool
}

// onIndex are packages that are looked up on the index alone.
func onIndex(pure bool, names string) []measured {
	var out []measured
	for name := range strings.FieldsSeq(names) {
		out = append(out, measured{name: name, pure: pure, index: true})
	}
	return out
}

// pythons are those that repo2docker has environments for.
var pythons = []string{"2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// release is one release of a package.
type release struct {
	version  string
	requires string          // which Pythons it says it is for
	pythons  map[string]bool // which it has builds for
	source   bool
	kept     bool // a file of it was not taken back
}

// ofAny notes a build that any Python takes.
func (r *release) ofAny() {
	for _, p := range pythons {
		r.pythons[p] = true
	}
}

// releases of a package, by their versions.
type releases map[string]*release

func (r releases) get(version string) *release {
	if r[version] == nil {
		r[version] = &release{version: version, pythons: map[string]bool{}}
	}
	return r[version]
}

// write writes a package's releases: those in a row with the same builds stand
// on one line.
func (r releases) write(name string) string {
	var list []*release
	for _, one := range r {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b *release) int { return compareVersions(a.version, b.version) })
	var out strings.Builder
	out.WriteString("\n" + name + "\n")
	last := ""
	for _, one := range list {
		if head := one.head(); head == last {
			out.WriteString(" " + one.version)
		} else {
			if last != "" {
				out.WriteString("\n")
			}
			out.WriteString(head + one.version)
			last = head
		}
	}
	return out.String() + "\n"
}

// head is what releases on one line have in common.
func (r *release) head() string {
	var have []string
	for _, p := range pythons {
		if r.pythons[p] {
			have = append(have, p)
		}
	}
	if r.source {
		have = append(have, "source")
	}
	if !r.kept {
		have = append(have, "yanked")
	}
	return fmt.Sprintf("  %s | %s | ", strings.Join(have, " "), strings.ReplaceAll(r.requires, " ", ""))
}
