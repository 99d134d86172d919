package shell

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// BaseImage is what is known of an image that Dockerfiles begin with.
type BaseImage struct {
	// Jupyter says that it has Jupyter's server; else it surely has none.
	Jupyter bool
	// Plain says that nothing else happens where another image is built on it.
	Plain bool
	// Lacks are packages that serve apps by themselves and that it has not, or without
	// the server that they start.
	Lacks []string
	// Dir is its working folder, empty where that is not known.
	Dir string
	// Notebook7 says that its Jupyter, if it has one, is surely of Notebook 7 and
	// JupyterLab 4, which the tag tells.
	Notebook7 bool
}

// jupyterImages are all that Jupyter gives out.
var jupyterImages = BaseImage{Jupyter: true, Plain: true, Dir: python.Home}

// images are others, by their names.
var images = []struct {
	names []string
	BaseImage
}{
	{strings.Fields("python debian ubuntu buildpack-deps continuumio/miniconda3 condaforge/miniforge3"), BaseImage{Plain: true, Dir: "/"}},
	{[]string{"mambaorg/micromamba"}, BaseImage{Plain: true}},
	{[]string{"rocker/binder"}, BaseImage{Jupyter: true, Lacks: []string{"jupyter-shiny-proxy"}}},
	{strings.Fields("rocker/r-ver rocker/rstudio rocker/tidyverse rocker/verse rocker/geospatial rocker/shiny rocker/shiny-verse rocker/r-base " +
		"r-base circleci/python cimg/python node golang rust alpine fedora"), BaseImage{}},
}

// BaseImageOf is what is known of an image; nothing is of most.
func BaseImageOf(image string) (base BaseImage, known bool) {
	name, tag := nameAndTag(strings.TrimPrefix(strings.TrimPrefix(image, "docker.io/"), "library/"))
	if strings.HasPrefix(strings.TrimPrefix(name, "quay.io/"), "jupyter/") {
		base = jupyterImages
		base.Notebook7 = hasNotebook7(tag)
		return base, true
	}
	for _, row := range images {
		if slices.Contains(row.names, name) {
			if base = row.BaseImage; name == "python" {
				base.Notebook7 = newPython.MatchString(tag)
			}
			return base, true
		}
	}
	return BaseImage{}, false
}

// nameAndTag are the parts of what names an image. Without a tag it is the latest, unless
// there is a digest.
func nameAndTag(image string) (name, tag string) {
	name, _, pinned := strings.Cut(image, "@")
	name, tag, _ = strings.Cut(name, ":")
	if tag == "" && !pinned {
		tag = latest
	}
	return name, tag
}

// onbuild are images with ONBUILD lines that read the files of a repository that Binder
// would, by their names.
var onbuild = strings.Fields("pangeo/base-image pangeo/base-notebook-onbuild pangeo/pangeo-notebook-onbuild pangeo/pangeo-esip-onbuild")

// ReadsFiles says whether building on an image reads such files as environment.yml and
// postBuild.
func ReadsFiles(image string) bool {
	name, tag := nameAndTag(strings.TrimPrefix(strings.TrimPrefix(image, "docker.io/"), "quay.io/"))
	return slices.Contains(onbuild, name) || strings.HasSuffix(name, "-onbuild") || tag == "onbuild" || strings.HasSuffix(tag, "-onbuild")
}

// latest is the tag of an image that is named without one.
const latest = "latest"

var (
	dated = regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	// newPython matches the tags of Python's images from 3.10 on.
	newPython = regexp.MustCompile(`^3\.\d\d+(?:$|[.-])`)
)

// notebook7 are the tags of Jupyter's images with Notebook 7: by what they begin with.
var notebook7 = strings.Fields("lab-4. notebook-7. ubuntu-24.04 python-3.12 python-3.13")

// hasNotebook7 says whether an image of Jupyter's with a tag surely has Notebook 7. In
// November 2024 some were made with an older one.
func hasNotebook7(tag string) bool {
	return tag == latest || slices.ContainsFunc(notebook7, func(begin string) bool { return strings.HasPrefix(tag, begin) }) ||
		dated.MatchString(tag) && tag >= "2023-11-01" && !strings.HasPrefix(tag, "2024-11-")
}
