package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bokehbinder/bokehbinder/internal/cli"
)

// written are files that hold cards, or cards as a site keeps them.
var written = []string{"../../card/testdata/*.json", "../../internal/page/view/testdata/cards/*.json", "../../exampleSite/assets/bokehbinder/cards/*.json"}

// TestSchema validates what is written against the schema that the command prints,
// and looks whether the schema refuses each of these as soon as a property is gone,
// is of another kind, or is one too many.
func TestSchema(t *testing.T) {
	var out bytes.Buffer
	program := cli.Program{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: os.Stderr}
	if code := program.Run(t.Context(), []string{"card", "--schema"}); code != cli.ExitDone {
		t.Fatalf("exit code %d", code)
	}
	schema := compiled(t, out.Bytes())
	apps, files, findings, kept := 0, 0, 0, 0
	for _, pattern := range written {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			value := readJSON(t, name)
			if filepath.Base(name) == "hostile.json" { // another program's, with scripts in all its texts
				if schema.Validate(value) == nil {
					t.Errorf("%s is valid", name)
				}
				continue
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			one := value.(map[string]any)
			spoil(t, schema, name, value, one)
			if inner, ok := one["card"].(map[string]any); ok {
				kept++
				one = inner
				spoil(t, schema, name, value, one)
			}
			for list, count := range map[string]*int{"apps": &apps, "files": &files, "findings": &findings} {
				for _, item := range one[list].([]any) {
					*count++
					spoil(t, schema, name, value, item.(map[string]any))
				}
			}
		}
	}
	if apps == 0 || files == 0 || findings == 0 || kept == 0 {
		t.Errorf("%d apps, %d files, %d findings and %d kept cards are too few", apps, files, findings, kept)
	}
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func readJSON(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// optional are properties that a card need not have.
var optional = map[string]bool{"from": true, "cookie": true, "pieces": true, "unlisted": true, "problem": true, "valid": true}

// spoil changes an object of a value in each way that makes it no card any more,
// and puts it right again.
func spoil(t *testing.T, schema *jsonschema.Schema, name string, value any, object map[string]any) {
	t.Helper()
	refused := func(what, property string) {
		if schema.Validate(value) == nil {
			text, _ := json.Marshal(object)
			t.Errorf("%s: with %s %s it is valid: %.200s", name, property, what, text)
		}
	}
	for property, had := range object {
		object[property] = nil
		refused("null", property)
		delete(object, property)
		if !optional[property] {
			refused("gone", property)
		}
		object[property] = had
	}
	object["more"] = ""
	refused("added", "more")
	delete(object, "more")
}
