// Package binder knows Binder's rules: the launch links of a BinderHub, and
// what repo2docker does with a repository, as measured with repo2docker
// 2026.4.
package binder
