// Package stack proves the recipe on the real Jupyter stack: repositories are
// built and started as on a BinderHub, and real browsers open their apps, in
// tabs and in the pages of other sites.
package stack
