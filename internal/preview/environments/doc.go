// Package environments finds, builds and compares the Python environments that
// a repository's servers run in on this machine.
//
//   - [Active] and [At] find an [Environment] of the author's, a [Builder] makes
//     one of what repo2docker would install, and keeps it.
//   - [NewLayer] lays an environment over another, which is left as it is.
//   - [Environment.Missing] and [Differences] say what is not as it would be on
//     Binder.
package environments
