package rewrite

// accessible cannot tell: what Windows allows is known by trying.
func accessible(string) error { return nil }
