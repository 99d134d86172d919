// Package preview holds the tests of the preview command: the command itself as
// a process, the real Jupyter server and Bokeh, real browsers.
package preview
