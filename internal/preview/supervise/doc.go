// Package supervise starts programs that end, with all that they have started,
// when the program that started them ends, also when that is killed.
//
// It supervises by starting the very program anew: see [Main], which main must
// call first.
//
// Linux and macOS are supported. Elsewhere everything compiles, and starting
// something is an error that says what to do.
package supervise
