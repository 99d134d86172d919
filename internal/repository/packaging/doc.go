// Package packaging reads how Python packages are asked for: versions and
// version specifiers as PEP 440 has them, requirement lines as PEP 508 and
// pip's files have them, and conda's match specifications.
package packaging
