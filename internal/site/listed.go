package site

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// listedIn is where a site lists what its templates show and no content file
// spells out.
const listedIn = "params.bokehbinder.repositories"

// listed returns what the site lists.
func (s *Site) listed() (uses []Use, problems []Problem) {
	items, isList := s.repositories.([]any)
	if !isList && s.repositories != nil {
		return nil, []Problem{{Where: listedIn, Message: "this setting is not a list", Hint: hintListed}}
	}
	for i, item := range items {
		at := position.Position{File: fmt.Sprintf("%s[%d]", listedIn, i)}
		entry, _ := item.(tree)
		args := make(map[string]string)
		for key, argument := range map[string]string{"repository": "repo", "ref": "ref", "files": "files"} {
			if text := strings.Join(hubs(entry[key]), ","); text != "" {
				args[argument] = text
			}
		}
		t, err := tag.FromArgs(args, at)
		var list tag.Errors
		if errors.As(err, &list) {
			for _, e := range list {
				problems = append(problems, Problem{Where: at.File, Message: e.Text(), Hint: hintListed})
			}
			continue
		}
		uses = append(uses, Use{Shortcode: listedIn, Request: t.Request(), Address: t.Address, Pos: at})
	}
	return uses, problems
}

const hintListed = "write entries such as {repository = \"owner/name\", ref = \"main\", files = [\"*.csv\"]}"
