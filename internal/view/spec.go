package view

import (
	"net/url"

	"github.com/bokehbinder/bokehbinder/internal/forge"
)

// launchSpec will be binder.LaunchSpec.
func launchSpec(a forge.Address, ref string) (provider, spec string) {
	if a.Kind == forge.GitHub {
		return "gh", a.Path + "/" + ref
	}
	return "git", url.QueryEscape(a.URL) + "/" + ref
}
