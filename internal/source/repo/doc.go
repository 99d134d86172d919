// Package repo reads what a git repository holds at one ref, with system git,
// and fetches no more of it than is asked for. A local folder reads the same.
//
// [Reader.Open] resolves the ref, fetches the commit and its trees without a
// file's content, and lists them; [Tree.Read] fetches the wanted files' content
// at once. Nothing is checked out and no hook runs. What is fetched is stored
// in a temporary folder until [Tree.Close].
//
// # What git takes from its surroundings
//
// Addresses are checked as they are written, before git sees them: https, and
// only hosts that may be read. What git then does with one is the user's own
// configuration: url.….insteadOf (also to another protocol, such as ssh),
// credential helpers, proxies and certificates work as they do for the user's
// git. A redirect is followed, as for a renamed repository, to https only and to a host
// that may be read.
// Nothing of the current folder's repository has a say, nor of a hook that
// runs the program: of git's variables only those that say how to reach a
// server are passed on. Nothing is ever asked on a terminal or in a window.
//
// # Which ref wins
//
// A name that is both a branch and a tag means the branch, as on the pages of
// the forges and for BinderHub's git provider, which takes the first line of
// git ls-remote. "tags/NAME" and "refs/tags/NAME" mean the tag.
package repo
