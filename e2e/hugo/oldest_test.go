package hugo_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// claims are the places that name the oldest Hugo that the module works with,
// each with a pattern for it.
var claims = map[string]string{
	"hugo.toml":                         `\[module\.hugoVersion\]\s+min = "(\d+\.\d+)\.0"`,
	"theme.toml":                        `(?m)^min_version = "(\d+\.\d+)\.0"`,
	"exampleSite/content/start/hugo.md": `\| Hugo (\d+\.\d+) or newer \|`,
	"e2e/oldest/go.mod":                 `github\.com/gohugoio/hugo v(\d+\.\d+)\.0`,
}

// TestOldestHugo runs the package's other tests with the oldest Hugo that the
// module claims to work with. The go command builds it and keeps it; the first
// time, that takes minutes.
func TestOldestHugo(t *testing.T) {
	if os.Getenv(otherHugo) != "" {
		t.Skipf("%s names the Hugo to test with", otherHugo)
	}
	const oldest = "0.160"
	for name, pattern := range claims {
		data, err := os.ReadFile(file(name).path())
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(pattern).FindSubmatch(data); m == nil || string(m[1]) != oldest {
			t.Errorf("%s does not say that the oldest Hugo is %s: %q", name, oldest, m)
		}
	}
	find := exec.Command("go", "tool", "-n", "hugo")
	find.Dir = file("e2e/oldest").path()
	out, err := find.Output()
	if err != nil {
		t.Fatalf("go tool -n hugo, in e2e/oldest: %v", err)
	}
	hugo := strings.TrimSpace(string(out))
	if version, err := exec.Command(hugo, "version").Output(); err != nil || !strings.HasPrefix(string(version), "hugo v"+oldest+".0 ") {
		t.Fatalf("%s is another version: %s, %v", hugo, version, err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Stories are told by Hugo as a library, the finder is compared with it, and
	// the same bytes as Go writes are promised of the pinned Hugo alone, whose
	// highlighter is Go's.
	again := exec.Command(self, "-test.skip", "^(TestStories|TestDeprecationsAreSeen|TestFinderFindsWhatHugoFinds|TestGoldenCardsInHugoAndGo|TestProviderIsOneRow)$")
	again.Env = append(os.Environ(), otherHugo+"="+hugo)
	if log, err := again.CombinedOutput(); err != nil {
		t.Errorf("with Hugo %s: %v\n%s", oldest, err, log)
	}
}
