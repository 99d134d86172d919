"""A damped oscillation: two sliders, one curve, computed in Python."""

import numpy as np
from bokeh.io import curdoc
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, Slider
from bokeh.plotting import figure

time = np.linspace(0, 20, 500)
source = ColumnDataSource({"time": time, "swing": np.zeros_like(time), "envelope": np.zeros_like(time)})

frequency = Slider(title="Frequency (Hz)", start=0.1, end=1.5, step=0.05, value=0.5)
damping = Slider(title="Damping (1/s)", start=0.0, end=0.5, step=0.01, value=0.12)

plot = figure(
    height=360,
    sizing_mode="stretch_width",
    title="A damped oscillation",
    x_axis_label="time (s)",
    y_axis_label="displacement",
    y_range=(-1.1, 1.1),
    tools="pan,xwheel_zoom,reset",
)
plot.varea("time", y1="envelope", y2=0, source=source, fill_color="#3b7ea1", fill_alpha=0.10)
plot.line("time", "swing", source=source, line_width=2.5, line_color="#1f5f7f")
plot.line("time", "envelope", source=source, line_width=1.5, line_color="#c46a2b", line_dash="dashed")
plot.grid.grid_line_alpha = 0.4
plot.outline_line_color = None
plot.toolbar.logo = None


def update(attr, old, new):
    """Computes the curve again for what the sliders say."""
    envelope = np.exp(-damping.value * time)
    source.data = {
        "time": time,
        "swing": envelope * np.cos(2 * np.pi * frequency.value * time),
        "envelope": envelope,
    }


for slider in (frequency, damping):
    slider.sizing_mode = "stretch_width"
    slider.on_change("value", update)

update(None, None, None)
curdoc().title = "A damped oscillation"
curdoc().add_root(column(row(frequency, damping, sizing_mode="stretch_width"), plot, sizing_mode="stretch_width"))
