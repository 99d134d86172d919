// Package shell compares what is said of shell scripts with what real shells do.
package shell
