package ci_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// action is what the test reads of action.yml.
type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type step struct {
	ID    string            `yaml:"id"`
	Uses  string            `yaml:"uses"`
	Shell string            `yaml:"shell"`
	Run   string            `yaml:"run"`
	Env   map[string]string `yaml:"env"`
	With  map[string]string `yaml:"with"`
}

func readAction(t *testing.T) *action {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

// expression is what the runner fills in.
var expression = regexp.MustCompile(`\$\{\{ *([a-z.]+) *\}\}`)

// run runs the steps of the action that are scripts, in a folder, as the runner
// does, and returns what was printed, what was put out, and how it ended.
func (a *action) run(t *testing.T, dir string) (string, map[string]string, error) {
	t.Helper()
	known, outputs := map[string]string{}, filepath.Join(t.TempDir(), "outputs")
	for name, input := range a.Inputs {
		known["inputs."+name] = input.Default
	}
	fill := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(found string) string {
			name := expression.FindStringSubmatch(found)[1]
			value, ok := known[name]
			if !ok {
				t.Errorf("nobody gives %s", name)
			}
			return value
		})
	}
	env := append(os.Environ(), "GITHUB_ACTION_PATH="+project.Root(t), "RUNNER_TEMP="+t.TempDir(), "GITHUB_OUTPUT="+outputs)
	var log strings.Builder
	for _, s := range a.Runs.Steps {
		for _, value := range s.With {
			fill(value)
		}
		if s.Run == "" {
			continue
		}
		// So the runner calls bash: docs.github.com, "Workflow syntax", shell.
		cmd := exec.Command(s.Shell, "--noprofile", "--norc", "-eo", "pipefail", "-c", fill(s.Run))
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &log, &log
		for name, value := range s.Env {
			cmd.Env = append(cmd.Env, name+"="+fill(value))
		}
		if err := cmd.Run(); err != nil {
			return log.String(), nil, err
		}
		put, err := os.ReadFile(outputs)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(put)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			known["steps."+s.ID+".outputs."+name] = value
		}
	}
	result := map[string]string{}
	for name, output := range a.Outputs {
		result[name] = fill(output.Value)
	}
	return log.String(), result, nil
}

// TestAction runs the steps of action.yml.
func TestAction(t *testing.T) {
	a, dir := readAction(t), newRepository(t)
	log, outputs, err := a.run(t, dir)
	if err != nil || strings.Contains(log, "::error") {
		t.Fatalf("%v: %s", err, log)
	}
	report, err := os.ReadFile(outputs["sarif"])
	if err != nil || !json.Valid(report) {
		t.Fatalf("%v: %s", err, report)
	}
	spoil(t, dir)
	if log, _, err := a.run(t, dir); err == nil || !strings.Contains(log, "::error file=.binder/environment.yml,title=proxy-missing::") {
		t.Errorf("%v: %s", err, log)
	}
}
