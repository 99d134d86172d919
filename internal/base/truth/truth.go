// Package truth has the three answers that a question about a repository can
// have: yes, no, and that it cannot be known.
package truth

// Value is an answer. The zero value is that it cannot be known.
type Value int8

// The answers.
const (
	Unknown Value = 0
	Yes     Value = 1
	No      Value = -1
)

// Of is the answer to a question that can always be answered.
func Of(yes bool) Value {
	if yes {
		return Yes
	}
	return No
}

// Not answers the opposite question.
func (v Value) Not() Value { return -v }

// And says whether both are so.
func (v Value) And(w Value) Value { return min(v, w) }

// Or says whether at least one is so.
func (v Value) Or(w Value) Value { return max(v, w) }

// String writes an answer for messages.
func (v Value) String() string {
	switch v {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}
