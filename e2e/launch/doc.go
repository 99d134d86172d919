// Package launch runs repositories with the real Jupyter stack and Bokeh.
package launch
