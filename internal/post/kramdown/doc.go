// Package kramdown makes goldmark read Markdown as Jekyll's kramdown does, with
// its GFM parser and Jekyll's default configuration (measured with kramdown
// 2.4.0, kramdown-parser-gfm 1.1.0 and Jekyll 4.3.1). It has of kramdown:
//
//   - attribute lists after links, images, code and emphasis, beside blocks and
//     at the beginning of list items, and named ones: {: .class #id key="value"};
//   - the extensions comment and nomarkdown, tables of contents by {:toc}, and
//     lines of ^ that end blocks;
//   - ids of headings, made of their text or given as {#id};
//   - tables, strikethrough, task lists, definition lists and footnotes, with
//     kramdown's classes and ids;
//   - abbreviations, *[HTML]: Hypertext Markup Language;
//   - formulas between $$ and $$, written for MathJax and KaTeX;
//   - HTML blocks that go on until their end tag, and Markdown in them by
//     markdown="1";
//   - addresses of links and images with spaces in them;
//   - highlighted code, in the markup that Jekyll's Rouge gives it.
//
// All else is goldmark's: a document with none of this has the HTML that
// goldmark gives it. So these stay different from kramdown, whose Markdown is
// older than CommonMark:
//
//   - what makes a list, how far it goes, and that all of its items are loose
//     if one is; what emphasis is within words, and more that CommonMark settled;
//   - tables need a line of hyphens below their head;
//   - code without a language, or in an unknown one, has no wrapper, and code
//     within text no class;
//   - kramdown's options change nothing;
//   - ids of headings differ also where they are in HTML with markdown="1";
//   - what follows an HTML block's end tag on the same line is HTML.
//
// What an author should know, as a malformed list, is a remark in the context
// of the document; see package remark.
package kramdown
