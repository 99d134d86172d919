// Package forge knows the addresses of the sites that host git repositories:
// which repository an address names, where a file or a commit is shown in a
// browser, and which of Binder's providers serves it.
package forge
