// Package browse holds the tests of package internal/browse in a real Chromium.
package browse
