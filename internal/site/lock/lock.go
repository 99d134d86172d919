// Package lock makes a folder hold the cards that are wanted, and says where it
// does not: [Sync] reads what is missing and moves nothing that is there unless
// it is asked to, [Check] compares.
package lock

// Folder is where a Hugo site keeps its cards, below its assets folder.
const Folder = "bokehbinder"
