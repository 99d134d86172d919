// Package gitserve makes git repositories and serves them over HTTP on the
// loopback interface, with git's own http-backend: for the demonstration, and
// for tests, which can also have the server count, refuse, stall and fail.
package gitserve
