// Package repo2docker compares what the command says that repo2docker does with
// what it does.
package repo2docker
