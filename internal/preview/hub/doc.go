// Package hub speaks BinderHub's protocol from the server's side: the stream
// of build events below /build/, the page below /v2/ that runs one, /health,
// /versions, and the addresses below which JupyterHub keeps the servers that
// were started.
//
// What is built and how a server is started is not this package's business but
// a [Launcher]'s. [Hub] does the rest, down to the bytes on the wire, as
// measured with BinderHub 0.2.0 (its main branch, November 2026) and JupyterHub
// 6.1.1: the answer to every build request has status 200, an error is an
// event, and nothing but "data:" lines and keep-alive comments is sent.
package hub
