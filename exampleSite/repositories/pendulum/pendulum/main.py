"""A pendulum without and with the approximation of small angles.

Run with `bokeh serve pendulum`.
"""

import math

from bokeh.io import curdoc
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, Div, Slider
from bokeh.plotting import figure

GRAVITY = 9.81
STEP = 0.01
DURATION = 10.0


def swing(length, start, friction, force):
    """Angles in degrees over time, by small steps of the equation of motion."""
    angle, speed = math.radians(start), 0.0
    angles = []
    for _ in range(int(DURATION / STEP)):
        angles.append(math.degrees(angle))
        speed -= (GRAVITY / length * force(angle) + friction * speed) * STEP
        angle += speed * STEP
    return angles


length = Slider(title="Length, m", start=0.2, end=4, value=1, step=0.1)
start = Slider(title="First angle, degrees", start=5, end=175, value=120, step=5)
friction = Slider(title="Friction, 1/s", start=0, end=1, value=0.1, step=0.05)
summary = Div(width=300)

source = ColumnDataSource({"time": [], "real": [], "small": []})
plot = figure(
    height=420,
    sizing_mode="stretch_width",
    x_axis_label="seconds",
    y_axis_label="angle, degrees",
    title="The larger the angle, the longer a swing takes",
    toolbar_location="above",
)
plot.line("time", "real", source=source, line_width=2, color="#1f77b4", legend_label="as it is")
plot.line("time", "small", source=source, line_width=2, color="#d95f02", line_dash="dashed", legend_label="for small angles")
plot.legend.location = "top_right"


def update(attr, old, new):
    """Compute both curves again from the sliders."""
    values = (length.value, start.value, friction.value)
    source.data = {
        "time": [i * STEP for i in range(int(DURATION / STEP))],
        "real": swing(*values, math.sin),
        "small": swing(*values, lambda angle: angle),
    }
    period = 2 * math.pi * math.sqrt(length.value / GRAVITY)
    summary.text = f"A schoolbook's pendulum of {length.value:.1f} m takes <b>{period:.2f} s</b> to and fro."


for slider in (length, start, friction):
    slider.on_change("value", update)
update("value", None, None)

controls = column(length, start, friction, summary, width=320)
curdoc().add_root(row(controls, plot, sizing_mode="stretch_width"))
curdoc().title = "Pendulum"
