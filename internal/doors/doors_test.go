package doors

import (
	"fmt"
	"reflect"
	"regexp"
	"testing"
	"time"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// TestTableIsComplete looks for a sentence that the table leaves out.
func TestTableIsComplete(t *testing.T) {
	messages := reflect.ValueOf(*Say())
	for i := range messages.NumField() {
		if messages.Field(i).String() == "" {
			t.Errorf("there is no sentence %s", messages.Type().Field(i).Name)
		}
	}
}

// TestCardVersion compares what the templates read with what Go writes.
func TestCardVersion(t *testing.T) {
	if read().Card != card.Version {
		t.Errorf("doors.json has the card's version %d, package card %d", read().Card, card.Version)
	}
	if read().Lock != lockfile.Version {
		t.Errorf("doors.json has version %d of the files of cards, package lockfile %d", read().Lock, lockfile.Version)
	}
}

// TestScriptWaitsAsLong compares the table with the script, which has the
// numbers in its text, since pages and the script that they load may be of
// different ages.
func TestScriptWaitsAsLong(t *testing.T) {
	for name, want := range map[string]time.Duration{"LAUNCH": LaunchTime(), "APP": AppTime()} {
		line := regexp.MustCompile(`(?m)^const ` + name + ` = (\d+) \* MINUTE;`).FindSubmatch(bokehbinder.Script())
		if line == nil || string(line[1]) != fmt.Sprint(want.Minutes()) {
			t.Errorf("the script's %s is not %v minutes: %q", name, want.Minutes(), line)
		}
	}
}
