package shell

import (
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
	// Dir is its working folder, empty where that is not known.
	Dir string
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
	{strings.Fields("rocker/r-ver rocker/rstudio rocker/tidyverse rocker/verse rocker/geospatial rocker/shiny rocker/shiny-verse rocker/r-base " +
		"r-base circleci/python cimg/python node golang rust alpine fedora"), BaseImage{}},
}

// BaseImageOf is what is known of an image, whatever its tag or digest; nothing is of
// most.
func BaseImageOf(image string) (base BaseImage, known bool) {
	name := strings.TrimPrefix(strings.TrimPrefix(image, "docker.io/"), "library/")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	if strings.HasPrefix(strings.TrimPrefix(name, "quay.io/"), "jupyter/") {
		return jupyterImages, true
	}
	for _, row := range images {
		if slices.Contains(row.names, name) {
			return row.BaseImage, true
		}
	}
	return BaseImage{}, false
}
