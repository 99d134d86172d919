package lock

// SetStep has f called before each change of a store, until the next call.
func SetStep(f func(string)) { step = f }
