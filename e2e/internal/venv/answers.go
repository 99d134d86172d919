package venv

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Answers has a Python program answer questions, one a line of its input, and
// decodes the answers, one JSON value each.
func Answers[A any](tb testing.TB, python string, questions []string, program ...string) []A {
	tb.Helper()
	cmd := exec.Command(python, program...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(questions, "\n")+"\n"), os.Stderr
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "PYTHONUTF8=1")
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	var answers []A
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var a A
		if err := dec.Decode(&a); err != nil {
			tb.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(questions) {
		tb.Fatalf("%d answers for %d questions", len(answers), len(questions))
	}
	return answers
}
