package cli

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/source/schema"
)

type cardOptions struct {
	readingFlags
	files  []string
	output string
	schema bool
}

func (p *Program) newCardCommand() *cobra.Command {
	var o cardOptions
	cmd := &cobra.Command{
		Use:   "card [REPO [REF]]",
		Short: "Print what a repository holds at a ref, as JSON",
		Long: `Print the card of a repository: its apps, its Binder files with their text, and
where Binder launches it, as JSON. --schema prints the JSON Schema of that, and
of the files in which sync keeps cards.

` + repoHelp,
		Example: `  bokehbinder card https://github.com/owner/name main
  bokehbinder card .`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.schema {
				return p.runSchema(&o, args)
			}
			req, err := requested(cmd.Context(), args)
			if err != nil {
				return err
			}
			for _, glob := range o.files {
				if err := tag.Check("files", glob); err != nil {
					return fmt.Errorf("--%w", err)
				}
			}
			req.Files = o.files
			return p.runCard(cmd.Context(), &o, req)
		},
	}
	o.register(cmd)
	cmd.Flags().StringSliceVar(&o.files, "files", nil, "also include the files that match this `glob`, or a piece such as main.py#load (repeatable)")
	cmd.Flags().BoolVar(&o.schema, "schema", false, "print the JSON Schema of cards, and read nothing")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	return cmd
}

func (p *Program) runSchema(o *cardOptions, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("--schema is of all cards; %q is one argument too many", args[0])
	}
	return p.writeOutput(o.output, schema.Text())
}

func (p *Program) runCard(ctx context.Context, o *cardOptions, req card.Request) error {
	r, err := p.read(ctx, &o.readingFlags, req)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := r.Card().Write(&buf); err != nil {
		return fail("", err, "")
	}
	return p.writeOutput(o.output, buf.Bytes())
}
