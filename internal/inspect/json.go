package inspect

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// maxJSONDepth bounds how deep JSON may nest.
const maxJSONDepth = 50

var errJSONDepth = errors.New("nests too deep")

// jsonServers returns the entries of jupyter-server-proxy in a Jupyter
// configuration in JSON.
func jsonServers(text string) *python.Dict {
	r := &jsonReader{text: text, dec: json.NewDecoder(strings.NewReader(text)), line: 1}
	r.dec.UseNumber()
	value, err := r.value(0)
	for _, key := range []string{"ServerProxy", "servers"} {
		d, ok := value.(*python.Dict)
		if !ok || err != nil {
			return &python.Dict{}
		}
		value, _, _ = d.Get(key)
	}
	if d, ok := value.(*python.Dict); ok {
		return d
	}
	return &python.Dict{}
}

// jsonReader reads JSON with the order of its keys and their lines.
type jsonReader struct {
	text   string
	dec    *json.Decoder
	offset int64 // up to which lines are counted
	line   int
}

// at returns the line of what was read last.
func (r *jsonReader) at() int {
	end := r.dec.InputOffset()
	r.line += strings.Count(r.text[r.offset:end], "\n")
	r.offset = end
	return r.line
}

// value reads one value.
func (r *jsonReader) value(depth int) (any, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxJSONDepth {
		return nil, errJSONDepth
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
		key, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		line := r.at()
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.Set(key, v, line)
	}
	_, err := r.dec.Token()
	return d, err
}

func (r *jsonReader) array(depth int) (any, error) {
	l := &python.List{}
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, v)
	}
	_, err := r.dec.Token()
	return l, err
}

// JSONExtensions lists the modules that a Jupyter configuration in JSON enables
// as extensions of the server.
func JSONExtensions(text string) []string {
	var config struct {
		ServerApp struct {
			Extensions map[string]bool `json:"jpserver_extensions"`
		}
	}
	if json.Unmarshal([]byte(text), &config) != nil {
		return nil
	}
	var out []string
	for name, on := range config.ServerApp.Extensions {
		if on {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
