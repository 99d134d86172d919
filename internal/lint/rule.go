package lint

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
	// Check reports the findings. It is nil where they come from somebody who
	// knows more than the repository: which ref was asked for, how a run went.
	Check func(*checker)
}

// Subject is a part of the catalogue.
type Subject struct {
	Name  string
	Rules []*Rule
}

// catalogue lists the rules by subject, in the order in which Binder meets
// what they are about.
var catalogue = []Subject{
	{"The build", buildRules},
	{"The environment", environmentRules},
	{"postBuild and start", scriptRules},
	{"Jupyter's configuration", jupyterRules},
	{"Starting the app", startRules},
	{"Launch links", linkRules},
	{"The app's page", pageRules},
	{"The app's code", codeRules},
	{"The repository", placeRules},
	{"A run on this machine", runRules},
}

// Catalogue lists the subjects with their rules.
func Catalogue() []Subject { return slices.Clone(catalogue) }

// Rules lists the rules of all subjects.
func Rules() []*Rule {
	var out []*Rule
	for _, subject := range Catalogue() {
		out = append(out, subject.Rules...)
	}
	return out
}
