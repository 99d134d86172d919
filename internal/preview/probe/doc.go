// Package probe opens an app of a running preview as a reader would, and says
// step by step what happens: whether it is built, its server starts, its page
// answers, its scripts come, its websocket opens, and something is drawn.
//
// [Browser] does so in a browser, with the very page that readers will see;
// [HTTP] makes the same requests without one, and without the cookies that
// a browser would not send in another site's frame. Both collect what happened,
// and one judge tells what it means.
package probe
