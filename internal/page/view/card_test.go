package view

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// full is a card with something in every field, zero values among them.
func full() *card.Card {
	return &card.Card{
		Version: 1, Repo: "https://github.com/o/n", Commit: "c", Date: "d", URL: "u", Provider: "gh", Spec: "o/n/c", ConfigDir: "binder", Buildpack: "conda",
		Apps: []card.App{{Name: "a", Path: "a", Entry: "a/main.py", URLPath: "/a", Cookie: true}, {}},
		Files: []card.File{
			{Path: "a/main.py", Role: card.RoleApp, Language: "python", Size: 7, Mode: "100644", URL: "u", Text: strings.Repeat("x = 1\n", 1000), Omitted: card.OmittedLarge}, {},
		},
		Findings: []card.Finding{{ID: "id", Level: card.LevelError, Path: "p", Line: 3, Message: "m", Fix: "f"}},
	}
}

// TestCardIsAsItsJSON compares what the views see with what Hugo decodes.
func TestCardIsAsItsJSON(t *testing.T) {
	for _, c := range []*card.Card{full(), readCard(t, "tides"), readCard(t, "cookie"), {Apps: []card.App{}, Files: []card.File{}, Findings: []card.Finding{}}} {
		var want any
		encoded, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &want); err != nil {
			t.Fatal(err)
		}
		got := data(reflect.ValueOf(*c))
		// A number of a map is written alike, whatever its type.
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the views see\n%v\nHugo\n%v", got, want)
		}
	}
}

// TestCardIsNotCopied sees that a text which the views show is the card's own,
// in its files and in its folders.
func TestCardIsNotCopied(t *testing.T) {
	c := full()
	shown := argument("embed", c, &tag.Tag{}, Settings{}, "bb-1")
	file := shown["card"].(map[string]any)["files"].([]any)[0].(map[string]any)
	for name, text := range map[string]string{
		"file": file["text"].(string), "folder": shown["folders"].([]any)[0].(map[string]any)["files"].([]any)[0].(map[string]any)["file"].(map[string]any)["text"].(string),
	} {
		if unsafe.StringData(text) != unsafe.StringData(c.Files[0].Text) {
			t.Errorf("the text of the %s is a copy", name)
		}
	}
}

// BenchmarkArgument prepares an embed of a card with as much text as one can
// have, and for comparison has the same card alone go through JSON.
func BenchmarkArgument(b *testing.B) {
	c := full()
	c.Files = nil
	for i := range 8 {
		c.Files = append(c.Files, card.File{Path: fmt.Sprintf("data/%d.py", i), Role: card.RoleData, Text: strings.Repeat("x = \"<&>\"\n", card.MaxFileText/10)})
	}
	b.Run("embed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			argument("embed", c, &tag.Tag{}, Settings{}, "bb-1")
		}
	})
	b.Run("JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			encoded, _ := json.Marshal(c)
			_ = json.Unmarshal(encoded, &m)
		}
	})
}
