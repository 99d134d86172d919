package card_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
)

var update = flag.Bool("update", false, "update golden files")

// sample has something in every field.
func sample() *card.Card {
	return &card.Card{
		Version:   card.Version,
		Repo:      "https://github.com/owner/dashboard",
		Commit:    "16eebda4779dd6dc52fcdc4c2181b291fbb5a270",
		Date:      "2020-11-14T15:00:00Z",
		URL:       "https://github.com/owner/dashboard/tree/16eebda4779dd6dc52fcdc4c2181b291fbb5a270",
		Provider:  "gh",
		Spec:      "owner/dashboard/16eebda4779dd6dc52fcdc4c2181b291fbb5a270",
		ConfigDir: ".binder",
		Buildpack: "conda",
		Apps: []card.App{
			{Name: "one", Path: "apps/one", Entry: "apps/one/main.py", URLPath: "/proxy/5006/one"},
			{Name: "two", Path: "two.py", Entry: "two.py", URLPath: "/two/two"},
		},
		Files: []card.File{
			{Path: ".binder/postBuild", Role: card.RoleBuild, Language: "bash", Size: 24, Mode: "100755", URL: "https://github.com/x", Text: "echo '<b>&amp;\u2028\"'\n\t# é\n"},
			{Path: `data/\xff.csv`, Role: card.RoleData, Size: -1, Mode: "100644", Omitted: card.OmittedListed},
		},
		Findings: []card.Finding{
			{ID: "app-missing", Level: card.LevelError, Path: "ext.py", Line: 3, Message: "it is not there", Fix: "add it"},
		},
	}
}

func write(t *testing.T, c *card.Card) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteGolden(t *testing.T) {
	for name, c := range map[string]*card.Card{"testdata/card.json": sample(), "testdata/empty.json": {}} {
		got := write(t, c)
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is another; go test -update writes it\n%s", name, got)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	got, err := card.Read(strings.NewReader(write(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestWriteLeavesTheCardAlone(t *testing.T) {
	var c card.Card
	write(t, &c)
	if !reflect.DeepEqual(c, card.Card{}) {
		t.Errorf("the card became %+v", c)
	}
}

func TestReadErrors(t *testing.T) {
	whole := write(t, sample())
	tests := []struct{ name, text, want string }{
		{"unknown field", strings.Replace(whole, `"repo"`, `"repository"`, 1), `read card: json: unknown field "repository"`},
		{"unknown field of a file", strings.Replace(whole, `"role"`, `"kind"`, 1), `read card: json: unknown field "kind"`},
		{"later version", strings.Replace(whole, `"version": 1`, `"version": 2`, 1), "read card: version 2, but only version 1 is known"},
		{"no version", "{}", "read card: version 0, but only version 1 is known"},
		{"text after it", whole + "{}", "read card: there is text after it"},
		{"garbage after it", whole + "x", "read card: there is text after it"},
		{"cut", whole[:len(whole)/2], "read card: unexpected EOF"},
		{"empty", "", "read card: EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := card.Read(strings.NewReader(tt.text))
			if err == nil || err.Error() != tt.want || c != nil {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestWriteError(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	if err := sample().Write(w); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func TestApp(t *testing.T) {
	c := sample()
	for name, want := range map[string]string{"": "/proxy/5006/one", "one": "/proxy/5006/one", "two": "/two/two"} {
		if a := c.App(name); a == nil || a.URLPath != want {
			t.Errorf("%q: got %+v", name, a)
		}
	}
	if c.App("three") != nil || (&card.Card{}).App("") != nil {
		t.Error("found an app that is not there")
	}
}

func TestSourceFunc(t *testing.T) {
	want := &card.Error{Repo: "owner/name", Ref: "main", Reason: card.ReasonRef, Message: "there is no branch main", Err: io.EOF}
	var source card.Source = card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		if req.Repo != "owner/name" {
			t.Errorf("got %+v", req)
		}
		return nil, want
	})
	_, err := source.Card(context.Background(), card.Request{Repo: "owner/name"})
	var e *card.Error
	if !errors.As(err, &e) || e != want || !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	if err.Error() != "owner/name: there is no branch main" || (&card.Error{Message: "m"}).Error() != "m" {
		t.Errorf("got %v", err)
	}
}

// FuzzRead reads what may be no card. One that is read comes back from what is written
// of it.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"card.json", "empty.json"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := card.Read(bytes.NewReader(text)); err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := card.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := c.Write(&first); err != nil {
			t.Fatal(err)
		}
		again, err := card.Read(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("%v in %s", err, first.Bytes())
		}
		if err := again.Write(&second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s came back as %s, %v", first.Bytes(), second.Bytes(), err)
		}
	})
}
