// A module of its own is not in the zip of the one around it: no user downloads
// this test data.
module github.com/bokehbinder/bokehbinder/internal/repository/installed/testdata
