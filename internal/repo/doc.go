// Package repo reads what a git repository holds at one ref, with system git,
// and fetches no more of it than is asked for. A local folder reads the same.
package repo
