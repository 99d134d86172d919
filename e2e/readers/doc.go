// Package readers puts embeds through the Markdown processors of other generators.
package readers
