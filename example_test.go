package bokehbinder_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	bokehbinder "github.com/bokehbinder/bokehbinder"
)

// A site that serves the two files from memory, with an address that changes with
// the program's version, may let browsers keep them for good.
func Example() {
	serve := func(name, kind string, data []byte) {
		http.HandleFunc("/v1/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
			w.Write(data)
		})
	}
	serve(bokehbinder.StyleName, "text/css", bokehbinder.Style())
	serve(bokehbinder.ScriptName, "text/javascript", bokehbinder.Script())
	answer := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(answer, httptest.NewRequest("GET", "/v1/bokehbinder.css", nil))
	fmt.Println(answer.Code, answer.Header().Get("Content-Type"))
	// Output: 200 text/css
}
