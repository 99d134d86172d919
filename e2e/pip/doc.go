// Package pip compares how lists of packages are read with how pip reads them.
package pip
