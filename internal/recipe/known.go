package recipe

import "strings"

// needs holds, of packages that apps often use, which others come with each
// because it needs them, on PyPI and conda-forge alike in late 2026. Packages
// that are not in it may bring anything.
var needs = table(`
bokeh: contourpy jinja2 markupsafe narwhals numpy packaging pandas pillow pyyaml tornado xyzservices
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
flask: blinker click itsdangerous jinja2 markupsafe werkzeug
ipywidgets: comm ipython jupyterlab-widgets traitlets widgetsnbextension
jupyter-server-proxy: aiohttp jupyter-server simpervisor tornado traitlets
jupyter-rsession-proxy: jupyter-server-proxy aiohttp simpervisor
jupyter-panel-proxy: jupyter-server-proxy panel aiohttp simpervisor
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

// inBase holds what repo2docker 2026.4 installs in every environment of its
// Python packs.
var inBase = set(`alembic anyio argon2-cffi arrow asttokens async-lru attrs babel beautifulsoup4 bleach blinker certifi certipy
cffi charset-normalizer comm cryptography debugpy decorator exceptiongroup executing fqdn greenlet h11 h2 httpcore httpx idna
importlib-metadata ipykernel ipython ipywidgets isoduration jedi jinja2 json5 jsonpointer jsonschema jupyter-lsp
jupyter-offlinenotebook jupyter-resource-usage jupyter-client jupyter-core jupyter-events jupyter-server jupyterhub jupyterlab
jupyterlab-pygments jupyterlab-server jupyterlab-widgets lark mako markupsafe matplotlib-inline mistune nbclient nbconvert
nbformat nest-asyncio notebook notebook-shim oauthlib packaging pamela parso pexpect pickleshare pip platformdirs
prometheus-client prompt-toolkit psutil ptyprocess pure-eval pycparser pydantic pydantic-core pygments pyjwt pysocks
python-dateutil python-json-logger pytz pyyaml pyzmq referencing requests rfc3339-validator send2trash setuptools six sniffio
soupsieve sqlalchemy stack-data terminado tinycss2 tomli tornado traitlets typing-extensions tzdata uri-template urllib3
wcwidth webcolors webencodings websocket-client wheel widgetsnbextension zipp zstandard`)

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

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
