package python

import (
	"strconv"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// A value is one of string, int64, float64, bool, nil (None), *[List],
// *[Dict], *[Func], or a [Ref] where the source alone does not say.

// Ref is a value that the source alone does not give, by what the source calls
// it: a parameter "port", something imported "subprocess.Popen", or what a
// call returns, "get_config()".
type Ref string

// List is a list, a tuple or a set.
type List struct {
	Items []any
	// Places are where the items stand, of those that a list was written with.
	Places []position.Position
}

// At returns where an item stands, if that is known.
func (l *List) At(i int) position.Position {
	if i < len(l.Places) {
		return l.Places[i]
	}
	return position.Position{}
}

// Dict is a dict in the order of its items.
type Dict struct{ Items []Item }

// Item is one item of a [Dict], and where its key stands.
type Item struct {
	Key, Value any
	position.Position
}

// Get returns the value of a key, and the line of the key.
func (d *Dict) Get(key string) (value any, line int, ok bool) {
	for _, it := range d.Items {
		if it.Key == key {
			return it.Value, it.Line, true
		}
	}
	return nil, 0, false
}

// Set gives a key a value.
func (d *Dict) Set(key, value any, at position.Position) {
	if known(key) {
		for i := range d.Items {
			if d.Items[i].Key == key {
				d.Items[i] = Item{key, value, at}
				return
			}
		}
	}
	switch n := len(d.Items); {
	case n < maxItems:
		d.Items = append(d.Items, Item{key, value, at})
	case n == maxItems: // and what else there is
		d.Items = append(d.Items, Item{Ref("**"), Ref("?"), at})
	}
}

// Func is a function of the source.
type Func struct {
	Def    *Def
	scope  *scope
	called bool
}

// Limits on what one value may grow to.
const (
	maxText  = 8 << 10
	maxItems = 1000
	maxRef   = 200
)

// known says whether a value is a plain one that can be compared.
func known(v any) bool {
	switch v.(type) {
	case string, int64, float64, bool, nil:
		return true
	}
	return false
}

// Text returns a value as Python's str would, as far as it is known: a [Ref]
// appears in braces, as in the templates of jupyter-server-proxy, "{port}".
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return "True"
		}
		return "False"
	case nil:
		return "None"
	case Ref:
		return "{" + string(v) + "}"
	}
	return "{?}"
}

// ref makes a Ref of bounded length.
func ref(text string) Ref {
	if len(text) > maxRef {
		return "?"
	}
	return Ref(text)
}

// text makes a string value of bounded length.
func text(s string) any {
	if len(s) > maxText {
		return Ref("?")
	}
	return s
}

// truth returns a value's truth, if it is known.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case string:
		return v != "", true
	case int64:
		return v != 0, true
	case bool:
		return v, true
	case nil:
		return false, true
	case *List:
		return len(v.Items) > 0, true
	case *Dict:
		return len(v.Items) > 0, true
	}
	return false, false
}

// clone copies a value, so that later changes do not show in the copy.
func (m *Module) clone(v any, depth int) any {
	m.copied++
	m.partly = m.partly || m.copied > maxCopied
	if depth > 20 || m.copied > maxCopied {
		return Ref("?")
	}
	switch v := v.(type) {
	case *List:
		out := &List{Items: make([]any, len(v.Items)), Places: v.Places}
		for i, item := range v.Items {
			out.Items[i] = m.clone(item, depth+1)
		}
		return out
	case *Dict:
		out := &Dict{make([]Item, len(v.Items))}
		for i, it := range v.Items {
			out.Items[i] = Item{it.Key, m.clone(it.Value, depth+1), it.Position}
		}
		return out
	}
	return v
}
