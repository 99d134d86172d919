package framework

import "slices"

// With adds a row in front of the table until the returned function is called.
func With(row *Framework) (restore func()) {
	old := rows
	rows = slices.Concat([]*Framework{row}, rows)
	return func() { rows = old }
}
