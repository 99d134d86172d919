package preview

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestPageIsBounded has a server answer with pages of half and twice the bytes that
// are looked into.
func TestPageIsBounded(t *testing.T) {
	for size, fits := range map[int]bool{maxPage / 2: true, 2 * maxPage: false} {
		page := bytes.Repeat([]byte("x"), size)
		r := &http.Response{Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(page))}
		err := changeBody(r, bytes.ToUpper)
		switch {
		case !fits:
			if err == nil || !strings.Contains(err.Error(), "a page of more than 33554432 bytes") {
				t.Errorf("%d bytes: got %v", size, err)
			}
		case err != nil || r.ContentLength != int64(size):
			t.Errorf("%d bytes: got %d, %v", size, r.ContentLength, err)
		}
	}
}
