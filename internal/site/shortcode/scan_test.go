package shortcode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/site/shortcode"
)

// scan writes what is found as text.
func scan(src string) []string {
	var list []string
	for _, sc := range shortcode.Scan([]byte(src)) {
		line := fmt.Sprint(sc.Start, " ", sc.Name)
		if sc.Closing {
			line += " closing"
		}
		if sc.Markdown {
			line += " markdown"
		}
		for _, p := range sc.Params {
			line += fmt.Sprintf(" %s=%q@%d", p.Name, p.Value, p.Pos)
		}
		if sc.Err == nil && !strings.HasSuffix(src[:sc.End], "}}") {
			line += fmt.Sprintf(" ends at %d", sc.End)
		}
		if sc.Err != nil {
			line += " error"
		}
		list = append(list, line)
	}
	return list
}

func TestScan(t *testing.T) {
	for src, want := range map[string][]string{
		"no shortcode {{ .Title }} {{<":                         {"26  error"},
		"{{< a >}} {{% b/c %}}":                                 {"0 a", "10 b/c markdown"},
		"{{<a />}}":                                             {"0 a"},
		"{{< a >}}{{< b >}}{{< /b >}}{{</ a >}}":                {"0 a", "9 b", "18 b closing", "28 a closing"},
		"{{</* a */>}} {{%/* b */%}} {{< c >}}":                 {"28 c"},
		"{{</* a >}}":                                           nil,
		"{{< a k=v x-1=\"q r\" y=`raw \"\n\"` z = \"b\" >}}":    {`0 a k="v"@6 x-1="q r"@10 y="raw \"\n\""@20 error`},
		"{{< a k = \"b\" >}}":                                   {`0 a k="b"@6`},
		`{{< a "one" two 3 >}}`:                                 {`0 a ="one"@6 ="two"@12 ="3"@16`},
		`{{< a one k=v >}}`:                                     {`0 a ="one"@6 error`},
		`{{< a k="say \"hi\" \ there" >}}`:                      {`0 a k="say \"hi\"  there"@6`},
		`{{< a k="back\slash" >}}`:                              {`0 a k="back\\slash"@6`},
		`{{< a k=\"x y\" >}}`:                                   {`0 a k="x y"@6`},
		"{{< a k=\"x\ny\" >}} {{< b >}}":                        {"0 a k=\"\"@6 error", "18 b"},
		"{{< a k=`x >}}":                                        {"0 a k=\"\"@6 error"},
		"{{< a k=v":                                             {`0 a k="v"@6 error`},
		"{{< a.b >}}":                                           {"0  error"},
		"{{< a.inline >}}{{ .Page }}{{< /a.inline >}}{{< b >}}": {"0 a.inline", "27 a.inline closing", "44 b"},
		"é {{< ü k=ö >}}":                                       {`3 ü k="ö"@10`},
	} {
		if got := scan(src); !slices.Equal(got, want) {
			t.Errorf("%q:\n got  %q\n want %q", src, got, want)
		}
	}
}
