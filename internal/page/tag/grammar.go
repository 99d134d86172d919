package tag

import (
	"bytes"
	"encoding/json"
	"regexp"
	"sync"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
)

// The delimiters of a tag, as the grammar has them. White space must follow
// Open: "<<< bokehbinders" is somebody else's text.
const (
	Open  = "<<< bokehbinder"
	Close = ">>>"
)

// grammar is tag.json.
type grammar struct {
	Open  string `json:"open"`
	Close string `json:"close"`
	// Begins matches the text after Open if it is a tag's.
	Begins *regexp.Regexp `json:"begins"`
	// Token matches a quote's mark at the beginning of a line, a pair, or text
	// that is neither; its groups are the constants below.
	Token *regexp.Regexp `json:"token"`
	// Escape matches an escape in a quoted value, with what it stands for;
	// BadEscape matches a value with another backslash, with that.
	Escape    *regexp.Regexp `json:"escape"`
	BadEscape *regexp.Regexp `json:"badEscape"`
	// Separator stands between the items of a list.
	Separator *regexp.Regexp `json:"separator"`
	// Messages are the predicates of errors that are about no argument alone.
	Messages struct {
		Missing  string `json:"missing"`
		Twice    string `json:"twice"`
		Unknown  string `json:"unknown"`
		Empty    string `json:"empty"`
		Escape   string `json:"escape"`
		Behind   string `json:"behind"`
		Unclosed string `json:"unclosed"`
		Text     string `json:"text"`
		Item     string `json:"item"`
		Range    string `json:"range"`
	} `json:"messages"`
	// Hints explain text that is no pair; the first that matches applies.
	Hints []rule `json:"hints"`
	// Refuse holds for the value of every argument.
	Refuse    []rule      `json:"refuse"`
	Arguments []*argument `json:"arguments"`
}

// The groups of grammar.Token.
const (
	groupKey    = 1 + iota
	groupQuoted // value between double quotes, still escaped
	groupBroken // value that begins with a quote but is not quoted
	groupBare
	groupTail // text directly behind a value
	groupText // text that is no pair
)

// rule says what is wrong with a text that matches.
type rule struct {
	Pattern *regexp.Regexp `json:"pattern"`
	Message string         `json:"message"`
}

// argument is a row of the table of arguments.
type argument struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Meaning  string `json:"meaning"`
	// Default is what holds when the argument is not given, if one text can
	// say it.
	Default string `json:"default"`
	// Valid says what is valid, for messages.
	Valid string `json:"valid"`
	// List marks a value with commas between its items. The rules below are
	// for one item then, and no item may come twice.
	List bool `json:"list"`
	// Address marks the address of a repository, which the table of providers
	// has rules for as well.
	Address bool `json:"address"`
	// Refuse and then Pattern decide whether a value is valid. Message is for
	// one that Pattern does not match.
	Refuse  []rule         `json:"refuse"`
	Pattern *regexp.Regexp `json:"pattern"`
	Message string         `json:"message"`
	// Min and Max bound a number; both are 0 for anything else.
	Min int `json:"min"`
	Max int `json:"max"`
	// Mistaken are names under which people look for the argument.
	Mistaken []string `json:"mistaken"`
}

// rules returns the grammar. It is decoded when the first tag is met, so that
// programs which meet none do not pay for it.
var rules = sync.OnceValue(func() *grammar {
	dec := json.NewDecoder(bytes.NewReader(assets.Tag()))
	dec.DisallowUnknownFields()
	g := new(grammar)
	if err := dec.Decode(g); err != nil {
		panic("tag.json: " + err.Error())
	}
	return g
})

// argument returns the argument of the given name, or nil.
func (g *grammar) argument(name string) *argument {
	for _, a := range g.Arguments {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// firstMatch returns the message of the first rule that text matches, or "".
func firstMatch(list []rule, text string) string {
	for _, r := range list {
		if r.Pattern.MatchString(text) {
			return r.Message
		}
	}
	return ""
}
