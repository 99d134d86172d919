package python

import "github.com/bokehbinder/bokehbinder/internal/base/position"

// Expr is an expression.
type Expr interface {
	// Pos returns where the expression begins.
	Pos() position.Position
}

// line is the part that all expressions share.
type line position.Position

// Pos returns the place.
func (l line) Pos() position.Position { return position.Position(l) }

// The expressions. What has no type of its own is an [Opaque].
type (
	// Const is a literal: a string (bytes too), int64, float64, bool, or nil
	// for None.
	Const struct {
		line
		Value any
	}
	// Format is an f-string: texts (Const) and expressions in turn.
	Format struct {
		line
		Parts []Expr
	}
	// Ident is a name.
	Ident struct {
		line
		Name string
	}
	// Attr is X.Name.
	Attr struct {
		line
		X    Expr
		Name string
	}
	// Index is X[Key].
	Index struct {
		line
		X, Key Expr
	}
	// Call is Fun(Args).
	Call struct {
		line
		Fun  Expr
		Args []Arg
	}
	// Sequence is a list, a tuple or a set.
	Sequence struct {
		line
		Items []Expr
	}
	// Mapping is a dict literal.
	Mapping struct {
		line
		Items []Pair
	}
	// Star is *X where several values may stand.
	Star struct {
		line
		X Expr
	}
	// Binary is X Op Y.
	Binary struct {
		line
		Op   string
		X, Y Expr
	}
	// Each is a comprehension with one for and no if.
	Each struct {
		line
		Item, Target, Over Expr
	}
	// Opaque is anything else, with the expressions seen in it.
	Opaque struct {
		line
		Parts []Expr
	}
)

// Arg is an argument of a call. Name is empty for a positional one, and "**"
// for the items of a mapping.
type Arg struct {
	Name  string
	Value Expr
}

// Pair is an item of a dict literal. Key is nil for the items of another
// mapping, "**Value".
type Pair struct{ Key, Value Expr }

// Stmt is a statement.
type Stmt interface{ stmt() }

// The statements.
type (
	// Assign binds or changes its targets. Op is empty, or "+" for "+=" and so
	// on.
	Assign struct {
		Targets []Expr
		Op      string
		Value   Expr
	}
	// Eval is an expression that stands alone, or those of a statement that
	// has no type of its own.
	Eval struct{ X Expr }
	// Return leaves a function. X is nil when nothing is returned.
	Return struct{ X Expr }
	// Import binds names to modules or to what is in them.
	Import struct {
		Names []Imported
		Line  int
	}
	// Def defines a function.
	Def struct {
		Name   string
		Params []Param
		Body   []Stmt
		Line   int
		Span
	}
	// Class defines a class.
	Class struct {
		Name string
		Body []Stmt
		Line int
		Span
	}
	// Block is a compound statement. Target and Over are set for a for loop.
	Block struct {
		Keyword      string
		Target, Over Expr
		Clauses      []Clause
	}
)

// Span is the lines that a definition takes, its decorators among them.
type Span struct{ First, Last int }

// Imported is one name that an import binds: As stands for Path, "os.path" or
// "subprocess.Popen". A star import has neither name nor As.
type Imported struct{ Path, As string }

// Param is a parameter of a function. Default may be nil.
type Param struct {
	Name    string
	Default Expr
}

// Clause is one branch of a [Block], such as its else, with the expressions of
// its head.
type Clause struct {
	Keyword string
	Head    Expr
	Body    []Stmt
}

func (*Assign) stmt() {}
func (*Eval) stmt()   {}
func (*Return) stmt() {}
func (*Import) stmt() {}
func (*Def) stmt()    {}
func (*Class) stmt()  {}
func (*Block) stmt()  {}
