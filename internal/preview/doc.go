// Package preview lets an author try a page with its apps before anything is
// published: the page is served on localhost, and its hub is a [Hub] on
// 127.0.0.1 that really launches, on this machine. The two are two sites to a
// browser, as a page and a hub are for a reader, so what a reader's browser
// would block is blocked here.
//
// [Hub] speaks BinderHub's protocol (package hub), takes the repositories that
// it launches from [Repositories], and has a [Runtime] build and start them.
// [Front] is what serves the page.
package preview
