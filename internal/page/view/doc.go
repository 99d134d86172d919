// Package view runs the views in layouts/_partials/bokehbinder/views, the same
// files that Hugo runs, and gives the same bytes.
//
// All that a view knows is its argument, a map of plain data that main.html
// describes. A door, which is this package in Go and the shortcodes and the
// render hook in Hugo, prepares that map; everything else happens in the views.
// The preparation is small so that both doors can do the same:
//
//   - card is the card's JSON, decoded, without the files of the role extra that
//     none of the tag's files globs stands for, and with those of the pieces that
//     the tag asks for, in its order; pieces is left out where that is none. It is visible already (package
//     visible).
//   - name is the path of the repository's address, without the slash before
//     it, or the whole of repo when that is not an address.
//   - folders lists path.Dir of the card's files in the order in which they
//     first appear; below each, its files with path.Base as name and themselves as
//     file.
//   - ref is the tag's. urlpath is the tag's, else that of the card's app of the
//     tag's name, or of its first; title is the tag's, else that app's name, else
//     name; cookie is that app's.
//   - link is the launch link, which package binder makes.
//   - hubs, height and show are the tag's, else the site's, else the defaults in
//     the table of arguments. A hub for previews comes before all. Hubs lose
//     their final slashes; hub is the first, others are the rest, and hubname is
//     the first's host, with the port if there is one.
//   - words are the messages of i18n with "bokehbinder_" cut off their keys and
//     hubname put in. They are an argument, since Hugo's i18n function finds
//     nothing in a site whose default language has no translation; a door then
//     takes the English ones.
//   - Without a card, card is {repo, provider, spec, missing: true}, where the
//     spec names the tag's ref, or HEAD.
package view
