package binder

// FaultKind says what is wrong.
type FaultKind string

// The kinds of faults.
const (
	FaultBoth        FaultKind = "two-config-folders"
	FaultLegacy      FaultKind = "legacy-dockerfile"
	FaultJulia       FaultKind = "julia-require"
	FaultRuntime     FaultKind = "runtime-malformed"
	FaultPyproject   FaultKind = "pyproject-broken"
	FaultEnvironment FaultKind = "environment-broken"
	FaultPython      FaultKind = "python-unsupported"
	FaultPipfile     FaultKind = "pipfile-broken"
	FaultApt         FaultKind = "apt-invalid"
	FaultR           FaultKind = "r-unsupported"
)

// Fault is one reason why the build stops.
type Fault struct {
	Kind FaultKind
	Path string
	Line int // from 1, 0 where it is the whole file
	Text string
}
