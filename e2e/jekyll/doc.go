// Package jekyll compares posts with what Jekyll makes of them.
package jekyll
