// Package repository reads what a repository holds and makes one value of it,
// [Facts]: what repo2docker makes of its files, its scripts, what is installed,
// which apps it has, what starts them and where they then answer, and which
// files matter to Binder and to a reader.
//
// An app is what something in the repository starts. That is one of
//
//   - an entry of jupyter-server-proxy: ServerProxy.servers in a Jupyter
//     configuration file (Python or JSON), or a function that a package of the
//     repository names as an entry point jupyter_serverproxy_servers;
//   - a Jupyter server extension that runs "bokeh serve" or "panel serve";
//   - the start script, or a script that it runs, with the same commands.
//
// Folders that merely look like an app are never taken for one.
//
// Everything comes from the names of the files and one request for the content
// of some of them. [Read] gives the facts; the card ([Facts.Card]) and the
// findings (package lint) are made of them.
package repository
