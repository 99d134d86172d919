package recipe

import (
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
)

// Rule is one entry of the catalogue.
type Rule struct {
	// ID by which findings name the rule.
	ID    string
	Level card.Level
	// Title is the rule in a few words.
	Title string
	// When says what is found.
	When string
	// Why says what happens because of it.
	Why string
	// Evidence says what that is known from.
	Evidence string
	// Fix says what to do. A finding may say it more precisely.
	Fix string
}

// catalogue lists the rules by subject, in the order in which Binder meets
// what they are about.
var catalogue = []struct {
	subject string
	rules   []Rule
}{
	{"The build", buildRules},
	{"The environment", environmentRules},
	{"postBuild and start", scriptRules},
	{"Jupyter's configuration", jupyterRules},
	{"Starting the app", startRules},
	{"The app's page", pageRules},
	{"The app's source", sourceRules},
	{"The repository", placeRules},
	{"A run on this machine", runRules},
}

// Rules lists the catalogue.
func Rules() []Rule {
	var out []Rule
	for _, part := range catalogue {
		out = append(out, part.rules...)
	}
	return out
}

// Lookup returns the rule with an id.
func Lookup(id string) (Rule, bool) {
	for _, part := range catalogue {
		if i := slices.IndexFunc(part.rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
			return part.rules[i], true
		}
	}
	return Rule{}, false
}
