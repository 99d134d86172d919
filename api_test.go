package bokehbinder_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "update golden files")

// public are the packages that other programs use, with the file that has what they
// see of each.
var public = map[string]string{".": "bokehbinder.txt", "./card": "card.txt", "./extension": "extension.txt"}

// TestPublicAPI compares what other programs see of the public packages with files
// that stand beside, so that a change of it shows in review.
func TestPublicAPI(t *testing.T) {
	for pkg, name := range public {
		golden := filepath.Join("testdata", "api", name)
		got, err := exec.Command("go", "doc", "-all", pkg).Output()
		if err != nil {
			t.Fatalf("go doc %s: %v", pkg, err)
		}
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is another; go test . -update writes it, and CHANGELOG.md says what changed", golden)
		}
		if internal := regexp.MustCompile(`(?m)^(?:func|type|\t[A-Z]|var|const).*\b(?:forge|tag|view|repo|budget|position|gather|cards|prepared|engine)\.[A-Z].*$`).Find(got); internal != nil {
			t.Errorf("%s has a type of an internal package: %s", pkg, internal)
		}
	}
}
