package main

import "cmp"

// imported are packages that are only imported: those of which notebooks and dashboards
// pin old releases most. The first release is one that Python 3.10 can install without
// building it.
var imported = []server{
	{name: "pandas", from: "1.3", modules: "pandas"},
	{name: "matplotlib", from: "3.5", modules: "matplotlib.pyplot"},
	{name: "scipy", from: "1.7", modules: "scipy.stats, scipy.interpolate, scipy.optimize, scipy.signal"},
	{name: "scikit-learn", from: "1.0", modules: "sklearn.linear_model, sklearn.decomposition, sklearn.ensemble"},
	{name: "scikit-image", from: "0.18", modules: "skimage.io, skimage.filters"},
	{name: "seaborn", from: "0.8", modules: "seaborn"},
	{name: "numba", from: "0.53", modules: "numba"},
	{name: "xarray", from: "0.12", modules: "xarray"},
	{name: "netcdf4", from: "1.5", modules: "netCDF4"},
	{name: "h5py", from: "3.5", modules: "h5py"},
	{name: "shapely", from: "1.8", modules: "shapely.geometry"},
	{name: "geopandas", from: "0.6", modules: "geopandas"},
	{name: "holoviews", from: "1.10", modules: "holoviews, holoviews.plotting.bokeh"},
	{name: "hvplot", from: "0.4", modules: "hvplot.pandas"},
	{name: "datashader", from: "0.8", modules: "datashader"},
	{name: "geoviews", from: "1.6", modules: "geoviews"},
	{name: "plotly", from: "3.0", modules: "plotly.graph_objs, plotly.offline"},
	{name: "altair", from: "2.0", modules: "altair"},
	{name: "folium", from: "0.5", modules: "folium"},
	{name: "ipywidgets", from: "7.0", modules: "ipywidgets"},
	{name: "bqplot", from: "0.10", modules: "bqplot"},
	{name: "ipyleaflet", from: "0.9", modules: "ipyleaflet"},
	{name: "ipyvuetify", from: "1.0", modules: "ipyvuetify"},
	{name: "ipympl", from: "0.2", modules: "ipympl"},
	{name: "statsmodels", from: "0.13", modules: "statsmodels.api"},
	{name: "sympy", from: "1.0", modules: "sympy"},
	{name: "networkx", from: "2.0", modules: "networkx"},
	{name: "flask", from: "1.0", modules: "flask"},
	{name: "gradio", from: "2.0", modules: "gradio"},
	{name: "marimo", from: "0.1", modules: "marimo"},
	{name: "magpylib", from: "2.0", modules: "magpylib"},
	{name: "jupyter-panel-proxy", from: "0.1", modules: "jupyter_panel_proxy"},
	{name: "dask", from: "2.0", modules: "dask.dataframe", with: "numpy pandas"},
}

// imports returns what the failure of an import says, "" where it succeeds.
func imports(python, modules string) string {
	text, err := run(python, "-c", "import "+modules)
	if err == nil {
		return ""
	}
	return cmp.Or(lastLine(text), err.Error())
}
