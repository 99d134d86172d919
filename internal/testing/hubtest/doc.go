// Package hubtest is a BinderHub for tests: real servers on loopback that speak
// the protocol of package hub and do, step by step, what a test says. The
// streams that a real hub was seen to send are in streams.go.
package hubtest
