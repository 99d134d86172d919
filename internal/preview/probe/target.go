package probe

import (
	"net/url"
	"strings"
	"time"
)

// How long things may take besides what the embed waits for.
const (
	drawTime = time.Minute
	// graceTime is how long it may take from a failure that was seen until
	// something is drawn all the same, or an app's server that was not ready
	// answers.
	graceTime = 10 * time.Second
)

// Target is an app of a running preview.
type Target struct {
	// Page is the address of a page that has the app's embed, on localhost.
	Page string
	// Hub is the address of the preview's hub, with a final slash.
	Hub string
	// Provider and Spec are the last parts of the launch path, as on a card.
	Provider, Spec string
	// Path is where the app answers below its server's address.
	Path string
	// Cookie says that its framework works with the server's cookie alone.
	Cookie bool
	// Output returns the last lines that the servers have printed; it may be nil.
	Output func() []string
}

// below returns the app's address on a server, with its token.
func (t Target) below(server, token string) (string, error) {
	base, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	path, err := url.Parse(strings.TrimLeft(t.Path, "/"))
	if err != nil {
		return "", err
	}
	app := base.ResolveReference(path)
	query := app.Query()
	query.Add("token", token)
	app.RawQuery = query.Encode()
	return app.String(), nil
}

// origin is the page's.
func (t Target) origin() string {
	u, err := url.Parse(t.Page)
	if err != nil {
		return t.Page
	}
	return u.Scheme + "://" + u.Host
}
