package extension

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// prepared is what an Extender's fields come to.
type prepared struct {
	settings view.Settings
	source   card.Source
	limits   Limits
	atOnce   int // repositories that are read at the same time
}

// Check says what is wrong with the fields, each with what is valid, or returns
// nil. Programs that check their options when they start call it then.
func (x *Extender) Check() error {
	_, err := x.prepare()
	return errors.Join(err, x.checkLoopback())
}

// prepare checks the fields, all but hubs on the own machine, which depend on
// whether a document is only tried.
func (x *Extender) prepare() (*prepared, error) {
	var errs []error
	fail := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("bokehbinder: Extender.%s: %w", field, err))
		}
	}
	fail("Hubs", checkHubs(x.Hubs))
	fail("AllowedHubs", checkHubs(x.AllowedHubs))
	if x.Height != 0 {
		fail("Height", checkArgument("height", strconv.Itoa(x.Height)))
	}
	if len(x.Show) > 0 {
		fail("Show", checkArgument("show", strings.Join(x.Show, ",")))
	}
	fail("Mode", oneOf(string(x.Mode), `"" for all`, string(ModeFull), string(ModeSimple), string(ModeFeed)))
	if x.Language != "" && !view.IsLanguage(x.Language) {
		fail("Language", fmt.Errorf("%q is no language; valid: a name such as de or pt-BR", x.Language))
	}
	for key := range x.Words {
		if !view.HasWord(key) {
			fail("Words", fmt.Errorf(doors.Say().NoWord, key))
		}
	}
	fail("AssetsURL", checkAssets(x.AssetsURL))
	fail("IDPrefix", checkPrefix(x.IDPrefix))
	fail("Limits", x.Limits.check())
	if x.Concurrency < 0 {
		fail("Concurrency", fmt.Errorf("%d is no number of repositories; valid: 1 or more, or 0 for the default", x.Concurrency))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return x.prepared()
}

// ScriptWords returns the words that the script says, as an ES module, and the
// name by which the script looks for it beside itself once a reader runs an app.
// They are those of the language, with your own in place of them.
func (x *Extender) ScriptWords() (name string, module []byte) {
	return view.Spoken(view.Settings{Language: x.Language, Words: x.Words})
}

// prepared is what checked fields come to.
func (x *Extender) prepared() (*prepared, error) {
	p := &prepared{limits: x.Limits.or(DefaultLimits()), atOnce: x.Concurrency, source: x.Source, settings: view.Settings{
		Hubs: x.Hubs, Height: x.Height, Show: x.Show, Simple: x.Mode == ModeSimple,
		Language: x.Language, Words: x.Words, AssetsURL: x.AssetsURL,
	}}
	if x.Mode == ModeFeed {
		p.settings.AssetsURL = ""
	}
	if x.Comments {
		p.limits, p.atOnce = x.Limits.or(CommentLimits()), or(x.Concurrency, 1)
		if len(x.Show) == 0 {
			p.settings.Show = []string{"launch", "app"}
		}
	}
	if p.source == nil {
		git, err := NewGit(GitOptions{})
		if err != nil {
			return nil, err
		}
		p.source = git
	}
	checked := gather.Checked(p.source)
	p.source = visibleSource(checked)
	return p, nil
}

// checkLoopback refuses hubs on the own machine: on that of a reader there is
// another one, or none.
func (x *Extender) checkLoopback() error {
	for _, hub := range slices.Concat(x.Hubs, x.AllowedHubs) {
		if isLoopback(hub) {
			return fmt.Errorf("bokehbinder: Extender.Hubs and AllowedHubs: %q is on the reader's own machine; valid: the https address of a BinderHub", hub)
		}
	}
	return nil
}

func checkHubs(hubs []string) error {
	if len(hubs) == 0 {
		return nil
	}
	for _, hub := range hubs {
		if strings.Contains(hub, ",") {
			return fmt.Errorf("%q has a comma; valid: one address for each item", hub)
		}
	}
	return checkArgument("hub", strings.Join(hubs, ","))
}

// checkArgument checks what stands in for an argument of the tag.
func checkArgument(name, value string) error {
	var errs tag.Errors
	if !errors.As(tag.Check(name, value), &errs) {
		return nil
	}
	var texts []error
	for _, e := range errs {
		texts = append(texts, errors.New(strings.TrimPrefix(e.Text(), name+": ")))
	}
	return errors.Join(texts...)
}

func oneOf(value, empty string, valid ...string) error {
	if slices.Contains(valid, value) {
		return nil
	}
	names := slices.DeleteFunc(slices.Clone(valid), func(s string) bool { return s == "" })
	if empty != "" {
		names = append(names, empty)
	}
	return fmt.Errorf("%q is unknown; valid: %s", value, strings.Join(names, ", "))
}

// checkAssets refuses addresses to which a file's name cannot be added.
func checkAssets(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsAny(address, " \t\r\n\\"):
	case strings.ContainsAny(address, "?#"):
	case u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http":
	case u.Scheme != "" && u.Host == "":
	default:
		return nil
	}
	return fmt.Errorf("%q is not the address of a folder; valid: a path such as /assets, or an https address, without a query", address)
}

// isLoopback says whether an address is on the machine of who opens it.
func isLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// sameHub says whether two addresses are those of one hub.
func sameHub(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}
