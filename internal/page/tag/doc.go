// Package tag reads and writes the tag that stands for a repository's app in a
// post:
//
//	<<< bokehbinder repo=https://github.com/owner/name ref=main >>>
//
// Between the delimiters stand key=value pairs, in any order, with white space
// or line breaks between them. A value is bare, without white space or quotes,
// or stands in double quotes, in which \" and \\ are escapes and a line does
// not end. The first >>> ends the tag, also inside quotes. On a line of a
// block quote the > that marks the quote is not part of the tag.
//
// The delimiters, the pattern that cuts the text into pairs, and what each
// argument accepts are data, in assets/bokehbinder/tag.json. The file is read
// by this package and can be read by Hugo's templates, whose regular
// expressions are the same, so that both take and refuse the same tags. One
// rule is only here: the address of a repository is also read by package
// forge, which knows more about each site than a pattern can say.
package tag
