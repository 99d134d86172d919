// Package lint says what will not work on a BinderHub, and why.
//
// [Check] looks at what was read of a repository and reports findings. Each is
// an instance of a [Rule] of one catalogue, [Rules], which says for every id
// its level, when it is found, what happens because of it, what that is known
// from, and how to mend it. A rule is there only if a measurement, the source
// of the software concerned or a report upstream shows that it breaks.
package lint
