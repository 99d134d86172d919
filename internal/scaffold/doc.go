// Package scaffold writes what a repository lacks to work on a BinderHub.
//
// [Init] finds the files that set an app up, [Fix] the changes that mend what
// package lint finds. Neither writes anything: they return [rewrite.Edit] values.
package scaffold
