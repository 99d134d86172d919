c = get_config()
c.ServerProxy.servers = {"app": {
    "command": ["bokeh", "serve", "app", "--port={port}", "--allow-websocket-origin=*"],
    "environment": {"BOKEH_RESOURCES": "cdn"},
    "timeout": 60,
}}
