package repository_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
)

const chart = `"""A chart."""
import functools


@functools.cache
@other(
    1)
def load(path):
    """Loads a table.

    Slowly."""
    text = """
def inner():
"""
    return text  # done


# region set up
try:
    import fast
except ImportError:
    def fast(): return 1

class Chart(Base):
    scale = 1

    @property
    def size(self):
        def twice(n): return 2 * n
        return twice(1)

    @size.setter
    def size(self, n): pass

    async def draw(self):
        # region
        await self.paint()

        # endregion
# endregion set up
if True:
    def load_all(): pass
`

// piecesOf returns what a repository's card has of pieces.
func piecesOf(t *testing.T, files map[string]string, items ...string) []card.Piece {
	t.Helper()
	facts, err := repository.Read(t.Context(), newTree(t, "owner/name", files), items)
	if err != nil {
		t.Fatal(err)
	}
	return facts.Card(nil).Pieces
}

func TestPieces(t *testing.T) {
	files := map[string]string{
		"app/chart.py": chart, "lib/chart.py": "x\r\ny\r\nz", "empty.py": "", "picture.png": "\x00", "c#/x#1.csv": "1\n", "c#/y.cs": "#region \"a b\"\nint x;\n#endregion\n",
		"page.html": "<!-- #region top -->\n<b>\n<!-- #endregion -->\n<!-- #region empty -->\n<!-- #endregion -->\n",
		"style.css": "/* #region dark */\nb {}\n/* #region dark-blue */\ni {}\n/* #endregion dark-blue */\n/* #endregion dark */\n",
		"app.js":    "//#region twice\na()\n//#endregion\n  // #region twice\nb()\n  // #endregion\n// region never\n",
		"pointer":   "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n",
	}
	blob := "https://github.com/owner/name/blob/" + commit + "/"
	tests := []struct{ item, want string }{
		{"app/chart.py#L1", `1-1 "\"\"\"A chart.\"\"\"\n" ` + blob + "app/chart.py?plain=1#L1"},
		{"app/chart.py#L2-L4", `2-4 "import functools\n\n\n" ` + blob + "app/chart.py?plain=1#L2-L4"},
		{"app/chart.py#L2-4", "2-4"},
		{"lib/chart.py#L2-L3", `2-3 "y\nz"`},
		{"app/chart.py#load", "5-15"},
		{"app/chart.py#fast", "22-22"},
		{"app/chart.py#Chart", "24-37"},
		{"app/chart.py#Chart.draw", "35-37"},
		{"app/chart.py#Chart.size.twice", "29-29"},
		{"app/chart.py#load_all", `42-42 "    def load_all(): pass\n"`},
		{"app/chart.py#set up", "19-39"},
		{"c#/y.cs#a b", `2-2 "int x;\n" ` + blob + "c%23/y.cs?plain=1#L2"},
		{"page.html#top", `2-2 "<b>\n"`},
		{"style.css#dark", "2-5"},
		{"style.css#dark-blue", `4-4 "i {}\n"`},

		{"app/chart.py#L43", `"app/chart.py#L43" is beyond the end of the file; lines up to #L42`},
		{"app/chart.py#L40-L99999999999999999999", `is beyond the end of the file; lines up to #L42`},
		{"app/chart.py#L0", "is no lines; lines from 1 on"},
		{"app/chart.py#L30-L10", "is no lines; lines from 1 on"},
		{"app/chart.py#", "is no function, class or region of the file; set up, load, fast, Chart, load_all"},
		{"app/chart.py#inner", "is no function, class or region of the file; set up, load, fast, Chart, load_all"},
		{"app/chart.py#Chart.paint", "is no function, class or region of the file; Chart.size, Chart.draw"},
		{"app/chart.py#Chart.size", "is there 2 times; #L27-L30, #L32-L33"},
		{"chart.py#load", `is a piece of a file that the repository does not have; app/chart.py, lib/chart.py`},
		{"none.py#load", `is a piece of a file that the repository does not have; the path of one file`},
		{"app/*.py#load", "is a piece of more than one file; the path of one file, from the repository's root and without *, before the #"},
		{"empty.py#L1", "is a piece of an empty file"},
		{"picture.png#L1", "is a piece of a file that is not read as text"},
		{"pointer#L1", "is a piece of a file that is in Git LFS"},
		{"page.html#empty", "is no region of the file; top"},
		{"app.js#twice", "is there 2 times; #L2-L2, #L5-L5"},
		{"app.js#never", "is no region of the file; twice"},
		{"c#/x#1.csv", "a file"},
		{"c#/x#*.csv", "a file"},
	}
	for _, tt := range tests {
		pieces := piecesOf(t, files, tt.item)
		got := "a file"
		if len(pieces) == 1 {
			p := pieces[0]
			got = fmt.Sprintf("%d-%d %q %s", p.First, p.Last, p.Text, p.URL)
			if p.Problem != "" {
				got = p.Problem + "; " + p.Valid
			}
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s:\n got  %s\n want %s", tt.item, got, tt.want)
		}
	}
}

// TestHostilePieces has pieces that are too many, too long or too large, and a file
// that is cut.
func TestHostilePieces(t *testing.T) {
	long := strings.Repeat("0123456\n", 8<<10) // 64 KiB
	files := map[string]string{
		"a.txt": long + "x\n", "huge.txt": strings.Repeat(long, 20),
		"deep.py": nested(90, 400),
	}
	var items []string
	for i := range 150 {
		items = append(items, fmt.Sprintf("a.txt#L%d-L%d", i+1, 8<<10+i/149))
	}
	items = append(items, "a.txt#L1-L8193", "huge.txt#L131072", "huge.txt#end")
	size, problems := 0, map[string]int{}
	for _, p := range piecesOf(t, files, items...) {
		size += len(p.Text)
		_, problem, _ := strings.Cut(p.Problem, `" `)
		problems[problem]++
	}
	if size > card.MaxCardText || problems["is one piece too many"] != len(items)-100 || problems[""] != 8 || len(problems) != 3 {
		t.Errorf("%d bytes, %v", size, problems)
	}
	marks := strings.Repeat("# region a\n", 20_000) + strings.Repeat("# endregion b\n", 20_000)
	for i := range 6 {
		files[fmt.Sprintf("marks%02d.txt", i)] = marks
	}
	items = nil
	for i := range 6 {
		items = append(items, fmt.Sprintf("marks%02d.txt#none", i))
	}
	for i, p := range piecesOf(t, files, append(items, items...)...) {
		if ((i+1)*len(marks) > 2<<20) != strings.Contains(p.Problem, "so much text") || i >= len(items) {
			t.Errorf("%d: %s", i, p.Problem)
		}
	}
	for item, want := range map[string]string{
		"a.txt#L1-L8193": "is longer than the 64 KiB", "huge.txt#L131072": "is beyond what is read of so large a file", "huge.txt#end": "is no region in what is looked through",
		"huge.txt#L131071": "", "deep.py#none": "is no function",
	} {
		if p := piecesOf(t, files, item)[0]; !strings.Contains(p.Problem, want) || (want == "") != (p.Problem == "") {
			t.Errorf("%s: got %q, want %q", item, p.Problem, want)
		}
	}
}

// nested is so many functions in one another, with names of so many bytes.
func nested(depth, size int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "def " + strings.Repeat("f", size) + "():\n")
	}
	return b.String()
}

// TestPiecesAreOfTheirFiles draws files and pieces of them: what is there is the lines
// of the file that it says, and what is not says why.
func TestPiecesAreOfTheirFiles(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		line := rapid.SampledFrom([]string{"# region a", "# endregion", "# endregion a", "#region b", "def a():", "class b:", "  def a(self): 0", "  x = '''", "  '''", "@a", "", "\f", "\\", "(", "\u2028"})
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(r, "end")
		text := strings.Join(rapid.SliceOfN(line, 0, 30).Draw(r, "lines"), end)
		name := rapid.SampledFrom([]string{"a", "b", "b.a", "a.b", "L1", "L3-L9", "L2-3", "L9-L1", "", "L"}).Draw(r, "name")
		pieces := piecesOf(t, map[string]string{"a.py": text}, "a.py#"+name)
		if len(pieces) != 1 {
			r.Fatalf("%d pieces", len(pieces))
		}
		p := pieces[0]
		if p.Problem != "" {
			if p.Valid == "" || p.First != 0 || p.Last != 0 || p.Text != "" || p.URL != "" {
				r.Fatalf("half a problem: %+v", p)
			}
			return
		}
		all := strings.SplitAfter(strings.ReplaceAll(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\u2028", "⟨U+2028⟩"), "\n")
		if want := strings.ReplaceAll(strings.Join(all[p.First-1:p.Last], ""), "\f", "␌"); p.Text != want || p.First < 1 || p.Text == "" {
			r.Fatalf("%d-%d: got %q, want %q", p.First, p.Last, p.Text, want)
		}
	})
}

// TestDeepPieces has regions in one another, and names before which others stand, half
// as many as may be and twice as many.
func TestDeepPieces(t *testing.T) {
	nested := func(n int) string {
		var begins, ends strings.Builder
		for i := range n {
			fmt.Fprintf(&begins, "# region r%d\n", i)
			ends.WriteString("# endregion\n")
		}
		return begins.String() + "x\n" + ends.String()
	}
	classes := func(n int) (text, name string) {
		for i := range n {
			text += strings.Repeat(" ", i) + "class C123456789:\n"
			name += ".C123456789"
		}
		return text + strings.Repeat(" ", n) + "pass\n", name[1:]
	}
	short, shortName := classes(250 / 11)
	long, longName := classes(1000 / 11)
	files := map[string]string{"half.txt": nested(50), "twice.txt": nested(200), "half.py": short, "twice.py": long}
	for item, found := range map[string]bool{
		"half.txt#r49": true, "twice.txt#r99": true, "twice.txt#r199": false, "half.py#" + shortName: true, "twice.py#" + longName: false,
	} {
		if p := piecesOf(t, files, item); len(p) != 1 || (p[0].Problem == "") != found {
			t.Errorf("%.40s: %+v", item, p)
		}
	}
}
