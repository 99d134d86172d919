// Package asked makes of the text in a request for a card the value that the rest
// of this project goes on with. Package card is public, and has no type of an
// internal package in it.
package asked

import (
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Address returns what the request's Repo is the address of. The error is a
// *[card.Error].
func Address(req card.Request) (forge.Address, error) {
	url, err := req.URL()
	if err != nil {
		return forge.Address{}, err
	}
	return forge.Parse(url)
}
