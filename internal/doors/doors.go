// Package doors has what the doors in Go and in Hugo share besides the tag's
// grammar: sentences that both say, and limits. It is a table,
// assets/bokehbinder/doors.json, which Hugo's templates read as well.
package doors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
)

// Messages are sentences, or the forms of such for package fmt.
type Messages struct {
	// Meant has a message, and the argument that was meant; First a message, and
	// the line and column of what came before.
	Meant string `json:"meant"`
	First string `json:"first"`
	// Valid has what is valid.
	Valid string `json:"valid"`
	// Number has the value that Hugo takes for a number. OnePart is for a
	// shortcode that is one part alone and is told which.
	Number  string `json:"number"`
	OnePart string `json:"onePart"`
	// NoApp has the name that is no app's; NoApps stands where their names would.
	NoApp  string `json:"noApp"`
	NoApps string `json:"noApps"`
	// NoStart is for a tag that asks for the app where there is none.
	NoStart      string `json:"noStart"`
	NoStartValid string `json:"noStartValid"`
	// NoWord has a key of which there are no words.
	NoWord string `json:"noWord"`
	// The others have a repository and a ref, NoFiles the files as well,
	// BrokenCard and ChangedCard the card's file. NewerHint has a command and the
	// repository.
	NoCard      string `json:"noCard"`
	NoFiles     string `json:"noFiles"`
	BrokenCard  string `json:"brokenCard"`
	ChangedCard string `json:"changedCard"`
	OldCards    string `json:"oldCards"`
	OlderCard   string `json:"olderCard"`
	NewerCard   string `json:"newerCard"`
	NewerHint   string `json:"newerHint"`
	// RunVersion and RunFolder are the command sync as the go command runs it: of
	// a version of the module, or of a folder with it, for the site in another.
	RunVersion string `json:"runVersion"`
	RunFolder  string `json:"runFolder"`
}

// table is doors.json.
type table struct {
	Card    int `json:"card"`
	Lock    int `json:"lock"`
	Minutes struct {
		Launch int `json:"launch"`
		App    int `json:"app"`
	} `json:"minutes"`
	Apart    []string `json:"apart"`
	Script   []string `json:"script"`
	Messages Messages `json:"messages"`
}

// read returns the table, which is decoded when it is first wanted.
var read = sync.OnceValue(func() *table {
	dec := json.NewDecoder(bytes.NewReader(assets.Doors()))
	dec.DisallowUnknownFields()
	t := new(table)
	if err := dec.Decode(t); err != nil {
		panic("doors.json: " + err.Error())
	}
	return t
})

// Versions are those of what the templates and the command hand each other.
type Versions struct {
	Card int `json:"card"` // of a card's JSON
	Lock int `json:"lock"` // of the file that keeps it
}

func (v Versions) String() string { return fmt.Sprintf("%d.%d", v.Lock, v.Card) }

// Own returns the versions that this program writes.
func Own() Versions { return Versions{read().Card, read().Lock} }

// VersionsIn reads them of the table of another copy of the module.
func VersionsIn(doorsJSON []byte) (v Versions, err error) {
	err = json.Unmarshal(doorsJSON, &v)
	return v, err
}

// Say returns the sentences.
func Say() *Messages { return &read().Messages }

// LaunchTime is how long a page waits for its server, and AppTime for the app on
// it after that.
func LaunchTime() time.Duration { return time.Duration(read().Minutes.Launch) * time.Minute }

// AppTime is how long a page waits for the app once its server runs.
func AppTime() time.Duration { return time.Duration(read().Minutes.App) * time.Minute }

// Apart lists the languages, in lower case, whose readers do not read the words of
// the language with the shorter name: pt-br finds pt, but zh-tw does not find zh.
func Apart() []string { return read().Apart }

// Script lists the words that the script says, as the keys of i18n without
// their prefix. They are in a file of their own for each language.
func Script() []string { return read().Script }
