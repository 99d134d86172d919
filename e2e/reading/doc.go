// Package reading measures what it takes to read a repository.
package reading
