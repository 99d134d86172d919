package generators

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/versions"
)

var record = flag.String("record", "", "write what was tried into this `file`")

// results are the lines of what is recorded, by their rows.
type results []string

// passed keeps what was tried of a row.
func (r results) passed(t *testing.T, i int, s *site) {
	t.Helper()
	tried := "by `make generators`"
	if i < len(generators) {
		tried = "by each `make test`"
	}
	if s.node != "" {
		s.installed = append(s.installed, "node "+s.node)
	}
	if s.own != "" {
		s.installed = append(s.installed, "whose own pages report an error of `"+s.own+"`")
	}
	if len(s.installed) == 0 {
		s.installed = []string{"nothing"}
	}
	title := titleOf(t, s.page)
	if s.form != "" {
		title += ", " + s.form
	}
	r[i] = fmt.Sprintf("| [%s](https://bokehbinder.github.io/bokehbinder/sites/%s/) | %s | %s |\n", title, s.page, strings.Join(s.installed, ", "), tried)
}

// write writes what was tried, if that is all.
func (r results) write(t *testing.T, file string) {
	t.Helper()
	for _, line := range r {
		if line == "" {
			t.Errorf("not all was tried, and %s stays as it was", file)
			return
		}
	}
	text := "<!-- Written by `make generators`; do not edit. -->\n\n# Generators that were tried\n\n" +
		"Each site was set up by the commands of its page and built. In Chromium each embed was what `render` makes of it, its app ran on a hub that plays one, " +
		"and no script failed; the search and the feed, where there is one, showed nothing of the markup.\n\n" +
		"On " + time.Now().UTC().Format("2 January 2006") + ", with " + versions.Of("python3", "--version") + ", Node " + versions.Of("node", "--version") + " and " + versions.Of("chromium", "--version") + ":\n\n" +
		"| page | installed | tried |\n|---|---|---|\n" + strings.Join(r, "")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Error(err)
	}
}
