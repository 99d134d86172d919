package jupyter

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxDepth bounds how deep JSON may nest.
const maxDepth = 50

var (
	errDepth = errors.New("it nests too deep")
	errMore  = errors.New("something follows the end of the value")
)

// parseJSON reads JSON as values of package python, with the order of its keys
// and their places. The text begins at a position.
func parseJSON(text string, begin position.Position) (any, error) {
	r := &jsonReader{text: text, dec: json.NewDecoder(strings.NewReader(text)), places: position.Count(begin, text)}
	r.dec.UseNumber()
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errMore
	}
	return v, nil
}

type jsonReader struct {
	text   string
	dec    *json.Decoder
	places *position.Counter
}

// next is the position of the token that comes next.
func (r *jsonReader) next() position.Position {
	at := int(r.dec.InputOffset())
	return r.places.At(at + len(r.text[at:]) - len(strings.TrimLeft(r.text[at:], " \t\r\n,:")))
}

func (r *jsonReader) value(depth int) (any, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, errDepth
	}
	switch token := token.(type) {
	case json.Number:
		if n, err := token.Int64(); err == nil {
			return n, nil
		}
		f, err := token.Float64()
		return f, err
	case json.Delim:
		if token == '{' {
			return r.object(depth)
		}
		return r.array(depth)
	}
	return token, nil
}

func (r *jsonReader) object(depth int) (any, error) {
	d := &python.Dict{}
	for r.dec.More() {
		at := r.next()
		key, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.Set(key, v, at)
	}
	_, err := r.dec.Token()
	return d, err
}

func (r *jsonReader) array(depth int) (any, error) {
	l := &python.List{}
	for r.dec.More() {
		l.Places = append(l.Places, r.next())
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, v)
	}
	_, err := r.dec.Token()
	return l, err
}
