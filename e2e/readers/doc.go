// Package readers puts embeds, and posts with them, through what reads posts in other
// generators: Markdown processors and template languages, MDX, docutils.
package readers
