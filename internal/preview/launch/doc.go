// Package launch makes of a repository's folder a running Jupyter server, on
// this machine, as repo2docker and BinderHub make one on theirs.
//
// It runs the repository's code with the rights of whoever calls it; whether
// that is wanted is for the caller to ask. What it keeps apart: the author's
// folder is copied and never written to, HOME is the copy, the author's
// variables are not handed on, and what is installed goes to an environment
// laid over the chosen one. That guards against accidents, not against malice.
//
//   - [NewImage] copies the folder, lays an environment over the chosen one and
//     runs postBuild. [BuildDocker] leaves all that to repo2docker.
//   - [Image.Start] starts the server with the arguments that BinderHub gives.
//
// Whatever is started ends with the program that started it: see package
// supervise.
package launch
