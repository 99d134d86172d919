// Package ci runs what other people's continuous integration takes from the
// project: pre-commit's hooks and the steps of the action.
package ci
