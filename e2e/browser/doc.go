// Package browser drives real browsers for tests: Chromium through its DevTools
// protocol, Firefox through WebDriver BiDi. A test is written once, against
// [Page], and runs in both.
//
// Nothing is intercepted: pages, hubs and servers are real servers on loopback,
// host names reach them through the browsers' own resolvers, and requests are
// only watched. Each page has storage and cookies of its own.
package browser
