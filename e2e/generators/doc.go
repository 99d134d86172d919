// Package generators sets sites up as the guide says, each with the generator that
// its page is about, and looks at what readers, searches and feeds get of them.
package generators
