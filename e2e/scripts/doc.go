// Package scripts tests what contributors and continuous integration run.
package scripts
