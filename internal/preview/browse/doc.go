// Package browse drives a Chromium or Chrome that is installed on this machine,
// to see a page as a reader sees it: with an empty profile, without the cookies
// of sites that a page embeds, without a window.
//
// [Find] finds the browser, [Start] starts it, [Browser.Open] opens a page. A
// [Page] can be asked what it holds, and what was asked for on its behalf, in
// its frames, too: [Page.Traffic].
//
// It speaks the DevTools protocol over a pair of pipes, so that no port is open
// to other programs of this machine, and the browser ends with the program that
// started it, whatever ends that.
package browse
