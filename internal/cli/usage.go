package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageTemplate is how help ends: as cobra has it, with lines that fit into a
// terminal.
const usageTemplate = `Usage:
  {{.UseLine}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

'{{.Root.Name}} help COMMAND' says more about a command.{{end}}
`

// repoHelp says what the arguments of a command [REPO [REF]] are.
const repoHelp = `REPO is an https URL, owner/name for a repository on GitHub, or a folder on this
machine. Where a folder owner/name is here, it is taken; a URL always means the
repository. A folder is read as it is: it has no commit, and nothing can launch
it. Without REPO it is the folder that you are in; in a subfolder, the nearest
one above that has files for Binder or is a Hugo site, else the top of the git
repository. REF is a branch, a tag or a full commit, or else the default branch.`

// atMost refuses more arguments than a command takes.
func atMost(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("%q is one argument too many", args[n])
		}
		return nil
	}
}

// noCommand refuses what is taken for a command and is none.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(text)
}

// exclusive refuses several of some flags. It is called once all else that looks
// at the flags first is there.
func exclusive(cmd *cobra.Command, names ...string) {
	cmd.MarkFlagsMutuallyExclusive(names...) // so that completion offers one alone
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		var given []string
		for _, name := range names {
			if cmd.Flags().Changed(name) {
				given = append(given, name)
			}
		}
		if len(given) > 1 {
			return fmt.Errorf("--%s and --%s cannot be given together", given[0], given[1])
		}
		if before == nil {
			return nil
		}
		return before(cmd, args)
	}
}

// validValues says what values flags take, by the kinds that cobra parses.
var validValues = map[string]string{"duration": "a duration such as 30s or 2m", "int": "a number", "bool": "true or false"}

// flagError says of a flag's value what is valid.
func flagError(_ *cobra.Command, err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) || validValues[bad.GetFlag().Value.Type()] == "" {
		return err
	}
	return fmt.Errorf("--%s: %q is not valid; valid: %s", bad.GetFlag().Name, bad.GetValue(), validValues[bad.GetFlag().Value.Type()])
}
