// A module of its own is not in the zip of the one around it: no user downloads
// these pictures.
module github.com/bokehbinder/bokehbinder/docs/pictures
