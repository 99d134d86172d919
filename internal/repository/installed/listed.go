package installed

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// needs holds, of packages that apps often use, which others come with each
// because it needs them, on PyPI and conda-forge alike in late 2026. Packages
// that are not in it may bring anything.
var needs = table(`
bokeh: contourpy jinja2 markupsafe narwhals numpy packaging pandas pillow pyyaml tornado xyzservices
jupyter-bokeh: bokeh ipywidgets
panel: bleach bokeh linkify-it-py markdown markdown-it-py mdit-py-plugins packaging pandas param pyviz-comms requests tqdm typing-extensions
holoviews: bokeh colorcet numpy packaging pandas panel param pyviz-comms
hvplot: bokeh colorcet holoviews numpy packaging pandas panel param
geoviews: bokeh cartopy holoviews numpy packaging panel param pyproj shapely xyzservices
colorcet:
param:
pyviz-comms: param
numpy:
pandas: numpy python-dateutil pytz six tzdata
polars:
pyarrow:
scipy: numpy
scikit-learn: joblib numpy scipy threadpoolctl
scikit-image: imageio lazy-loader networkx numpy packaging pillow scipy tifffile
matplotlib: contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing python-dateutil
seaborn: matplotlib numpy pandas
statsmodels: numpy packaging pandas patsy scipy
networkx:
sympy: mpmath
xarray: numpy packaging pandas
shapely: numpy
pyproj: certifi
geopandas: numpy packaging pandas pyogrio pyproj shapely
requests: certifi charset-normalizer idna urllib3
beautifulsoup4: soupsieve typing-extensions
lxml:
pillow:
pyyaml:
jinja2: markupsafe
tornado:
xyzservices:
h5py: numpy
netcdf4: certifi cftime numpy
numba: llvmlite numpy
tqdm:
openpyxl: et-xmlfile
sqlalchemy: greenlet typing-extensions
pytz:
python-dateutil: six
streamlit: altair blinker cachetools click gitpython numpy packaging pandas pillow protobuf pyarrow pydeck requests tenacity toml tornado typing-extensions watchdog
dash: flask nest-asyncio plotly requests typing-extensions werkzeug
plotly: narwhals packaging
voila: jupyter-client jupyter-server jupyterlab-server nbclient nbconvert traitlets websockets
voila-embed: voila
voila-gridstack: jupyterlab-widgets voila
voila-material: voila
voila-material-tuwien: voila
voila-nbgallery: voila voila-material
voila-retro: voila
voila-reveal: voila
voila-vuetify: voila
voila-vuetify-template-tuwien: voila
flask: blinker click itsdangerous jinja2 markupsafe werkzeug
ipywidgets: comm ipython jupyterlab-widgets traitlets widgetsnbextension
jupyter-server-proxy: aiohttp jupyter-server simpervisor tornado traitlets
jupyter-rsession-proxy: jupyter-server-proxy aiohttp simpervisor
jupyter-panel-proxy: jupyter-server-proxy panel aiohttp simpervisor
jupyter-marimo-proxy: jupyter-server-proxy aiohttp simpervisor
marimo-jupyter-extension: jupyter-server-proxy nbconvert packaging pyzmq tomlkit traitlets uv aiohttp simpervisor
jupyter-vscode-proxy: jupyter-server-proxy aiohttp simpervisor
jupyter-remote-desktop-proxy: jupyter-server-proxy aiohttp simpervisor websockify
dask-labextension: jupyter-server-proxy aiohttp simpervisor distributed bokeh dask
nbserverproxy: aiohttp simpervisor
jupyterlab: jupyter-server
jupyter-server:
notebook: jupyterlab
ipykernel: ipython
ipython:
nodejs:
nbgitpuller:
python:
pip:
setuptools:
wheel:
`)

// closure lists what comes with a package.
func closure(name string) []string {
	seen := map[string]bool{}
	var out []string
	var walk func(string)
	walk = func(n string) {
		for _, dep := range needs[n] {
			if !seen[dep] {
				seen[dep] = true
				out = append(out, dep)
				walk(dep)
			}
		}
	}
	walk(name)
	return out
}

// Brings says whether a package is known to bring another one with it.
func Brings(name, other string) truth.Value {
	if _, listed := needs[name]; !listed {
		return truth.Unknown
	}
	return truth.Of(name == other || slices.Contains(closure(name), other))
}

// Apart says whether two packages are known to have nothing in common that they
// need, nor one another: then no release of the one keeps the other back.
func Apart(a, b string) bool {
	_, first := needs[a]
	_, second := needs[b]
	return first && second && !slices.ContainsFunc(append(closure(a), a), func(name string) bool {
		return name == b || slices.Contains(closure(b), name)
	})
}

// table reads lines of "name: values".
func table(text string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(text) {
		if name, values, ok := strings.Cut(line, ":"); ok {
			out[name] = strings.Fields(values)
		}
	}
	return out
}

// distributions holds the packages whose modules have other names.
var distributions = map[string]string{
	"yaml": "pyyaml", "sklearn": "scikit-learn", "skimage": "scikit-image", "PIL": "pillow", "cv2": "opencv-python",
	"bs4": "beautifulsoup4", "dateutil": "python-dateutil", "mpl_toolkits": "matplotlib", "pylab": "matplotlib",
	"netCDF4": "netcdf4", "Bio": "biopython", "attr": "attrs", "attrs": "attrs", "pkg_resources": "setuptools",
	"jwt": "pyjwt", "dotenv": "python-dotenv", "git": "gitpython", "serial": "pyserial", "OpenSSL": "pyopenssl",
	"umap": "umap-learn", "fitz": "pymupdf", "docx": "python-docx", "usb": "pyusb", "zmq": "pyzmq", "IPython": "ipython",
	"psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient", "markdown": "markdown", "jose": "python-jose",
}

// standard holds the modules of Python's own library, those that newer
// versions no longer have included.
var standard = set(`__future__ __main__ abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall
compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal
difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib
functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp
importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math
mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator
optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint
profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter
runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3
sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig
syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace
traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref
webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`)

// Standard says whether a module is of Python's own library.
func Standard(module string) bool { return standard[module] }

// Distribution is the package that brings a module.
func Distribution(module string) string {
	if d, ok := distributions[module]; ok {
		return d
	}
	return packaging.Normalize(module)
}

// Listed says whether a package is one that apps often use, or comes with every
// environment, so that its name is no guess.
func Listed(module string) bool {
	pkg := Distribution(module)
	_, listed := needs[pkg]
	return listed || distributions[module] != "" || len(base()[pkg]) > 0
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
