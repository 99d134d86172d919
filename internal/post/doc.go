// Package post reads a blogger's post: front matter, then Markdown as Jekyll's
// kramdown reads it, with the Liquid that can be understood without a site.
//
// A post begins with front matter in YAML between lines of ---, in TOML between
// lines of +++, or in JSON between braces; a byte order mark before it and CRLF
// at the ends of lines do no harm. Where a post has none, all of it is
// Markdown. What begins with --- is read as Jekyll reads it:
//
//   - up to the next line of --- or ... it is YAML, and that must be a mapping
//     of keys to values. Jekyll and Hugo refuse anything else, and so does
//     [Parse];
//   - without such a line it is a thematic break, and there is no front matter,
//     unless a key follows on the next line: then the end was forgotten, which
//     is an error.
//
// The Markdown is goldmark's, extended by the packages kramdown and liquid,
// whose documentation says what they do and where they differ from Jekyll.
package post
