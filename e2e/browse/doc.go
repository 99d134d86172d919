// Package browse holds the tests of package internal/preview/browse in a real Chromium.
package browse
