package post

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// fields are the values of a front matter's keys.
type fields map[string]field

// field is one value of front matter.
type field struct {
	value any
	// text is a scalar as its author wrote it: 1.10 is a good title.
	text string
	// fail makes an error at the field's place.
	fail func(message string) error
}

// read reads the front matter, whatever its format.
func (fm *frontMatter) read() (fields, error) {
	switch fm.format {
	case formatYAML:
		return fm.readYAML()
	case formatTOML:
		return fm.readTOML()
	case formatJSON:
		return fm.readJSON()
	}
	return nil, nil
}

func (fm *frontMatter) readYAML() (fields, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(fm.text, &doc); err != nil {
		return nil, fm.yamlError(err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, fm.errorAt(fm.line+root.Line-1, root.Column,
			`between the lines --- stands no mapping of keys to values; if --- is meant as a line across the page, write ***`)
	}
	all := fields{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		f := field{fail: func(message string) error {
			return fm.errorAt(fm.line+key.Line-1, key.Column, message)
		}}
		if err := tables.DecodeYAML(value, &f.value); err != nil {
			return nil, fm.yamlError(err)
		}
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if value.Kind == yaml.ScalarNode && f.value != nil {
			f.text = value.Value
		}
		all[key.Value] = f
	}
	return all, nil
}

// yamlError gives an error of the YAML package its place in the file. The
// package knows the line alone, so the place is where that begins.
func (fm *frontMatter) yamlError(err error) error {
	if limit := (*tables.LimitError)(nil); errors.As(err, &limit) {
		return fm.errorAt(fm.line+limit.Line-1, 1, "the front matter cannot be read: "+limit.Why)
	}
	line, message := position.YAML(err, fm.text)
	offset := 0
	for ; line > 1 && offset < len(fm.text); line-- {
		offset += len(lineOf(fm.text, offset))
	}
	rest := fm.text[offset:]
	return fm.errorAtOffset(offset+len(rest)-len(bytes.TrimLeft(rest, " \t")), "the front matter is no YAML: "+message)
}

func (fm *frontMatter) readTOML() (fields, error) {
	values := map[string]any{}
	if err := tables.Decode(fm.text, &values); err != nil {
		return nil, fm.tomlError(err)
	}
	all := fields{}
	for key, value := range values {
		f := field{value: value, fail: func(message string) error {
			return fm.errorAtOffset(fm.tomlKey(key), message)
		}}
		f.text = scalarText(value)
		all[key] = f
	}
	return all, nil
}

func (fm *frontMatter) tomlError(err error) error {
	var limit *tables.LimitError
	var parse tables.ParseError
	switch {
	case errors.As(err, &limit):
		return fm.errorAtOffset(limit.Offset, "the front matter cannot be read: "+limit.Why)
	case errors.As(err, &parse):
		return fm.errorAtOffset(parse.Position.Start, "the front matter is no TOML: "+parse.Message)
	}
	return fm.errorAtOffset(0, "the front matter is no TOML: "+err.Error())
}

// tomlKey returns where a key of the top level stands.
func (fm *frontMatter) tomlKey(key string) int {
	at := regexp.MustCompile(`(?m)^[ \t]*["']?(` + regexp.QuoteMeta(key) + `)["']?[ \t]*[=.\]]`).FindSubmatchIndex(fm.text)
	if at == nil {
		return 0
	}
	return at[2]
}

func (fm *frontMatter) readJSON() (fields, error) {
	dec := json.NewDecoder(bytes.NewReader(fm.text))
	dec.UseNumber()
	all := fields{}
	if _, err := dec.Token(); err != nil { // the brace
		return nil, fm.jsonError(err)
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, fm.jsonError(err)
		}
		key, _ := token.(string)
		at := int(dec.InputOffset()) - len(strconv.Quote(key))
		f := field{fail: func(message string) error { return fm.errorAtOffset(at, message) }}
		if err := dec.Decode(&f.value); err != nil {
			return nil, fm.jsonError(err)
		}
		f.text = scalarText(f.value)
		all[key] = f
	}
	if _, err := dec.Token(); err != nil {
		return nil, fm.jsonError(err)
	}
	end := int(dec.InputOffset())
	line := lineOf(fm.text, end)
	if len(bytes.TrimSpace(line)) > 0 {
		return nil, fm.errorAtOffset(end, "text follows the brace that ends the front matter; begin a new line")
	}
	fm.body = end + len(line)
	return all, nil
}

// jsonError gives an error of the JSON package its place in the file, which
// only the package's other way of reading knows.
func (fm *frontMatter) jsonError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fm.errorAt(1, 1, "front matter begins here but does not end: a closing brace is missing")
	}
	at := 0
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(fm.text, new(any)), &syntax) {
		at = int(syntax.Offset) - 1
	}
	return fm.errorAtOffset(at, "the front matter is no JSON: "+err.Error())
}
