# Jupyter starts the app when it is first asked for, on a port that is free, and
# waits until it answers.
c.ServerProxy.servers = {
    "pendulum": {
        "command": ["bokeh", "serve", "pendulum", "--port={port}", "--allow-websocket-origin=*"],
        # Behind the proxy the page cannot get its scripts from Bokeh itself.
        "environment": {"BOKEH_RESOURCES": "cdn"},
        "timeout": 60,
        "launcher_entry": {"title": "Pendulum"},
    }
}
