// Package installed reads what a BinderHub installs for a repository: what is
// asked for, by which line of which file, and into which environment. It answers
// what is surely there, what is surely not, and what cannot be known.
//
//	set := installed.Read(files, plan, commands, nil)
//	if set.Has("bokeh", installed.Server) == truth.No { … }
//
// It reads lists as the programs do that are given them: pip 25.2, conda and
// repo2docker 2026.4. Nothing is looked up on the network: what comes with a
// package is known from a table, and a package that is not in the table may
// bring anything.
package installed
