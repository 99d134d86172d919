"""A slider, and what Python computes of its value."""

from bokeh.io import curdoc
from bokeh.layouts import column
from bokeh.models import Div, Slider

slider = Slider(title="n", start=0, end=100, value=3, width=400)
answer = Div(text="not asked yet")


def update(attr, old, new):
    answer.text = f"{new} squared is {new * new}"


slider.on_change("value", update)
curdoc().add_root(column(slider, answer))
