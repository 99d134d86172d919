# Loads the Jupyter configuration named as the argument as Jupyter's server
# loads it, and prints the entries of ServerProxy.servers and the cookie's
# options as JSON.
import json
import sys

from traitlets.config.loader import LazyConfigValue, PyFileConfigLoader

config = PyFileConfigLoader(sys.argv[1]).load_config()
servers = config.ServerProxy.servers
if isinstance(servers, LazyConfigValue):
    servers = servers.get_value({})
cookie = config.ServerApp.get("cookie_options", {})
print(json.dumps({"servers": servers, "cookie": cookie}))
