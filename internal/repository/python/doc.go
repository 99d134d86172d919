// Package python reads Python 3 source without running it: enough of the
// language to see which commands a file starts and which settings it makes,
// and no more.
//
// [Tokenize] cuts source into the tokens of the Python reference, so that
// strings and comments fool nobody. [Parse] makes statements and expressions
// of them and leaves out what it does not understand. [Run] follows the
// statements with the values that are known from the source alone, and tells
// of each call and each setting on the way; a value that is not known there
// stays a [Ref].
//
// None of them fails: source that is not Python gives less, never an error,
// and the effort is bounded whatever the source is.
package python
