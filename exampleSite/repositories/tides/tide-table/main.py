"""Tides: how a few periodic parts add up to the height of the sea.

Run with `bokeh serve tide-table`. The amplitudes come from constituents.csv
beside this file.
"""

import csv
import math
from pathlib import Path

from bokeh.io import curdoc
from bokeh.layouts import column, row
from bokeh.models import ColumnDataSource, Div, Slider
from bokeh.plotting import figure

HERE = Path(__file__).parent
STEPS_PER_DAY = 48

with open(HERE / "constituents.csv", newline="", encoding="utf-8") as file:
    CONSTITUENTS = {
        line["name"]: (float(line["period_hours"]), float(line["amplitude_m"]))
        for line in csv.DictReader(file)
    }


def height(hours, moon, sun, days_offset):
    """Height of the tide in metres, `hours` after the start."""
    total = 0.0
    for name, (period, amplitude) in CONSTITUENTS.items():
        strength = sun if name.startswith("S") else moon
        angle = 2 * math.pi * (hours + 24 * days_offset) / period
        total += strength * amplitude * math.cos(angle)
    return total


days = Slider(title="Days shown", start=2, end=30, value=15, step=1)
start = Slider(title="Start, days after new moon", start=0, end=29, value=0, step=1)
moon = Slider(title="Pull of the moon", start=0, end=2, value=1, step=0.1)
sun = Slider(title="Pull of the sun", start=0, end=2, value=1, step=0.1)
summary = Div(width=300)

source = ColumnDataSource({"day": [], "height": []})
plot = figure(
    height=420,
    sizing_mode="stretch_width",
    x_axis_label="days",
    y_axis_label="height above mean sea level, m",
    title="Two weeks from spring tide to spring tide",
    toolbar_location="above",
)
plot.varea("day", 0, "height", source=source, fill_alpha=0.25, color="#1f77b4")
plot.line("day", "height", source=source, line_width=2, color="#1f77b4")


def update(attr, old, new):
    """Compute the curve again from the sliders."""
    steps = [i / STEPS_PER_DAY for i in range(int(days.value) * STEPS_PER_DAY + 1)]
    heights = [height(24 * day, moon.value, sun.value, start.value) for day in steps]
    source.data = {"day": steps, "height": heights}
    summary.text = f"<b>Range: {max(heights) - min(heights):.2f} m</b>"


for slider in (days, start, moon, sun):
    slider.on_change("value", update)
update("value", None, None)

controls = column(days, start, moon, sun, summary, width=320)
curdoc().add_root(row(controls, plot, sizing_mode="stretch_width"))
curdoc().title = "Tides"
