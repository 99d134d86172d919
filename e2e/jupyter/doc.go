// Package jupyter compares what is told of Jupyter's configuration with what
// Jupyter itself makes of the same files.
package jupyter
