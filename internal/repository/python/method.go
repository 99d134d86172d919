package python

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// callMethod returns what a method of a known value returns. Methods that
// change a list or a dict do.
func callMethod(base any, method string, args []any, named map[string]any, at position.Position) any {
	switch b := base.(type) {
	case string:
		return stringMethod(b, method, args, named)
	case *List:
		listMethod(b, method, args)
		if method == "copy" {
			return &List{Items: append([]any(nil), b.Items...)}
		}
		return nil
	case *Dict:
		return dictMethod(b, method, args, named, at)
	}
	return Ref("?")
}

func listMethod(l *List, method string, args []any) {
	if len(args) == 0 {
		return
	}
	switch method {
	case "append":
		extend(l, &List{Items: args[:1]})
	case "extend":
		extend(l, args[0])
	case "insert":
		if i, ok := args[0].(int64); ok && len(args) > 1 && 0 <= i && i <= int64(len(l.Items)) {
			l.Items = slices.Insert(l.Items, int(i), args[1])
			if len(l.Items) > maxItems {
				l.Items[maxItems] = Ref("?")
				l.Items = l.Items[:maxItems+1]
			}
		}
	}
}

func dictMethod(d *Dict, method string, args []any, named map[string]any, at position.Position) any {
	switch method {
	case "update":
		for _, a := range args {
			update(d, a, at)
		}
		for _, name := range sortedKeys(named) {
			d.Set(name, named[name], at)
		}
		return nil
	case "copy":
		return &Dict{append([]Item(nil), d.Items...)}
	case "get", "setdefault":
		if len(args) == 0 {
			return Ref("?")
		}
		if v, _, ok := d.Get(Text(args[0])); ok {
			return v
		}
		if len(args) == 1 {
			return nil
		}
		if method == "setdefault" {
			d.Set(args[0], args[1], at)
		}
		return args[1]
	case "keys", "items", "values":
		return dictView(d, method)
	}
	return Ref("?")
}

// dictView returns the keys, values or items of a dict.
func dictView(d *Dict, method string) any {
	l := &List{}
	for _, it := range d.Items {
		switch method {
		case "keys":
			l.Items = append(l.Items, it.Key)
		case "values":
			l.Items = append(l.Items, it.Value)
		default:
			l.Items = append(l.Items, &List{Items: []any{it.Key, it.Value}})
		}
	}
	return l
}

func stringMethod(s, method string, args []any, named map[string]any) any {
	texts, plain := stringsOf(args)
	switch method {
	case "format":
		return formatMethod(s, texts, named)
	case "resolve", "absolute":
		return join(Home, s)
	case "expanduser":
		v, _ := callPath("os.path.expanduser", []string{s})
		return v
	case "as_posix", "encode", "decode", "__str__":
		return s
	case "strip":
		if len(args) == 0 {
			return strings.TrimSpace(s)
		}
	case "lower":
		return strings.ToLower(s)
	case "join":
		return joinMethod(s, args)
	}
	if !plain {
		return Ref("?")
	}
	switch method {
	case "split":
		if len(args) == 0 {
			return listOf(strings.Fields(s))
		}
		if texts[0] != "" {
			return listOf(strings.Split(s, texts[0]))
		}
	case "glob":
		if len(texts) == 1 {
			return &List{Items: []any{ref(globMark + joinAll([]string{s, texts[0]}))}}
		}
	case "joinpath":
		return text(joinAll(append([]string{s}, texts...)))
	case "with_name":
		if len(texts) == 1 {
			return text(path.Join(path.Dir(s), texts[0]))
		}
	case "replace":
		if len(texts) == 2 && texts[0] != "" && strings.Count(s, texts[0])*len(texts[1]) <= maxText {
			return text(strings.ReplaceAll(s, texts[0], texts[1]))
		}
	}
	return Ref("?")
}

// joinMethod returns sep.join(list).
func joinMethod(sep string, args []any) any {
	if len(args) != 1 {
		return Ref("?")
	}
	l, ok := args[0].(*List)
	if !ok {
		return Ref("?")
	}
	texts, _ := stringsOf(l.Items)
	size := len(sep) * len(texts)
	for _, t := range texts {
		size += len(t)
	}
	if size > maxText {
		return Ref("?")
	}
	return strings.Join(texts, sep)
}

// formatMethod returns s.format(…). A field without a value stays as it is.
func formatMethod(s string, args []string, named map[string]any) any {
	var b strings.Builder
	next := 0
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 || i+1 == len(s) {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s, '}')
		switch {
		case s[0] == s[1]:
			b.WriteByte(s[0])
			s = s[2:]
			continue
		case end < 0 || s[0] == '}':
			return Ref("?")
		}
		b.WriteString(formatField(s[1:end], args, named, &next))
		s = s[end+1:]
		if b.Len() > maxText {
			return Ref("?")
		}
	}
	return text(b.String() + s)
}

// formatField returns the text of one field of a format.
func formatField(field string, args []string, named map[string]any, next *int) string {
	i := -1
	if field == "" {
		i = *next
		*next++
	} else if len(field) == 1 && isDigit(field[0]) {
		i = int(field[0] - '0')
	}
	if i >= 0 && i < len(args) {
		return args[i]
	}
	if v, ok := named[field]; ok {
		return Text(v)
	}
	return "{" + field + "}"
}

// listOf makes a list of strings, or a Ref if they are too many.
func listOf(texts []string) any {
	if len(texts) > maxItems {
		return Ref("?")
	}
	l := &List{}
	for _, t := range texts {
		l.Items = append(l.Items, t)
	}
	return l
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
