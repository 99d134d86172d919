package launch

import "slices"

// Packages lists the folders that the environment imports packages from.
func (e Environment) Packages() []string { return slices.Clone(e.sites) }
