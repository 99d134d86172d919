// Package python compares how Python is read with Python itself.
package python
