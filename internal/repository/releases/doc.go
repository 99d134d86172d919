// Package releases knows of releases of packages what was measured: for which
// Pythons the most used compiled ones have builds, on Python's package index and
// at conda-forge, which of them cannot be built from their sources, and which of
// those that serve apps run with today's companions. Its tables are written by
// e2e/measure.
package releases
