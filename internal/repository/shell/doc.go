// Package shell reads shell scripts: postBuild, start, and the commands of a
// Dockerfile. It follows a script as a shell would, without running anything,
// and lists its commands: where they stand, with which arguments, variables and
// folder they run, whether they surely run, and what becomes of the script when
// one of them fails.
//
// What cannot be known stays unknown: a [Word] says which parts of it are known,
// a condition that depends on the machine is taken both ways, and a command
// that only then runs, runs perhaps.
package shell
