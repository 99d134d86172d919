package packaging_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// FuzzRequirements looks for lists that stop the reader, and for lines that are
// neither understood nor refused.
func FuzzRequirements(f *testing.F) {
	for _, seed := range []string{
		"bokeh>=3.1,<4 # c\n", "a[b, c] ; python_version<'3' and (os_name=='x' or extra=='y')\n", "-r a.txt\n-c b.txt --pre\n", "x @ https://x.example/a.zip ; a\n",
		"a \\\n  ==1 --hash=sha256:b\n", "-e git+https://x.example/a#egg=b\n", "./a[b]\n", "a===1)\n", "\xff\xfea\x00", "# coding: latin-1\n\xe9\n", "${A}\n", "'\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := packaging.Decode(data)
		if err != nil {
			return
		}
		last := 0
		for _, l := range packaging.ParseRequirements(text) {
			if (l.Kind == packaging.Broken) != (l.Err != nil) {
				t.Errorf("%q: %v", l.Text, l.Err)
			}
			if l.Kind == packaging.Package && (l.Requirement == nil || l.Requirement.Name == "" || strings.ContainsAny(l.Requirement.Name, " =<>#")) {
				t.Errorf("%q asks for %+v", l.Text, l.Requirement)
			}
			if l.Number < last || l.Number > strings.Count(text, "\n")+1 || l.Column < 1 {
				t.Errorf("%q is at %d:%d", l.Text, l.Number, l.Column)
			}
			last = l.Number
			l.In(packaging.Linux("3.12"))
		}
	})
}
