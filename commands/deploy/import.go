package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// importOptions say which lines come into which ledger.
type importOptions struct {
	files  []string // "-" is standard input
	dryRun bool
	ledger cli.Ledger
}

func newImport(app *cli.App, run func(context.Context, *cli.IO, importOptions) error) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:        "import FILE...",
		SuggestFor: []string{"merge", "load", "restore"},
		Short:      "Add records from other ledgers to this one",
		Long: `Read the output of "deploy history" of other ledgers (-o json or ndjson) and add the
records that this ledger doesn't have, by ID. A record that is uncertain here and was
settled there is settled here. Everything else stays as it is, so importing the same
lines again changes nothing. Queued records are left out, because their own ledger
sends them. A line dated more than a day in the future is an error, because it would
count as what its target runs until then.

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeInterrupted),
		Example: `  # move the history of this machine into the shared ledger
  progetctl deploy history -o ndjson | progetctl deploy import - --ledger 'postgres://agent@db.corp.local/progetctl'

  # one ledger of several hosts
  progetctl deploy import host*/history.ndjson --ledger all.db`,
	}
	f := app.Flags(cmd)
	f.Args(&o.files)
	f.ArgsAre(cli.KindPath)
	f.ArgsReadStdin()
	f.Switch(&o.dryRun, cli.Flag{Name: "dry-run", Usage: "count what would be imported and change nothing"})
	f.Check(func(p *cli.Problems) {
		if len(o.files) == 0 {
			p.Addf("at least one file is required (- for standard input)")
		}
	})
	requiredLedger(f, &o.ledger)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// importSummary is the result of an import.
type importSummary struct {
	Added   int `json:"added"`
	Settled int `json:"settled"`
	Known   int `json:"known"`
	LeftOut int `json:"left_out"`
	dry     bool
}

func (s importSummary) sentence() string {
	verb := "Imported"
	if s.dry {
		verb = "Would import"
	}
	return fmt.Sprintf("%s %s: %d added, %d settled, %d already known, %d left out", verb,
		cli.Plural(s.Added+s.Settled, "record", "records"), s.Added, s.Settled, s.Known, s.LeftOut)
}

// importLines runs the command.
func importLines(ctx context.Context, io *cli.IO, o importOptions) (err error) {
	run := &importing{importOptions: o, io: io, sum: importSummary{dry: o.dryRun}, problems: records.Problems{Alike: true}}
	defer func() { err = cli.Both(cli.LedgerFailure(run.close()), err) }()
	for _, file := range o.files {
		if err := run.file(ctx, io.Stdin, file); err != nil {
			return err
		}
	}
	if run.problems.Err() == nil { // an empty list makes the ledger, too
		if err := run.open(ctx); err != nil {
			return err
		}
	}
	if n := run.sum.LeftOut; n > 0 {
		io.Warn("%s left out: queued or planned records are sent by their own ledger, and skipped ones were never stored",
			cli.Plural(n, "record was", "records were"))
	}
	if err := run.write(ctx, io); err != nil {
		return err
	}
	return run.failure()
}

// importing is an import under way. Its memory does not grow with the input.
type importing struct {
	importOptions
	io       *cli.IO
	opened   *ledger.Ledger // nil until there is something for it
	folder   string         // of a ledger for the rehearsal alone
	portion  []ledger.Entry
	sum      importSummary
	problems records.Problems
}

// open opens the ledger, once: input that cannot be read does not create one. Nor does a rehearsal,
// for which a ledger that does not exist yet is an empty one.
func (i *importing) open(ctx context.Context) (err error) {
	if i.opened != nil {
		return nil
	}
	if !i.dryRun {
		i.opened, err = i.ledger.OpenToSend(ctx, i.io, true)
		return err
	}
	here := i.ledger
	here.Named = false // it need not exist
	if i.opened, err = here.OpenToRead(ctx, i.io); i.opened != nil || err != nil {
		return err
	}
	if i.folder, err = os.MkdirTemp("", "progetctl-import-*"); err != nil {
		return err
	}
	i.opened, err = ledger.Open(ctx, ledger.Options{Path: filepath.Join(i.folder, "ledger.db")})
	return cli.LedgerFailure(err)
}

func (i *importing) close() (err error) {
	if i.opened != nil {
		err = i.opened.Close()
	}
	if i.folder != "" {
		_ = os.RemoveAll(i.folder)
	}
	return err
}

// portionOfImport is how many records one transaction takes in.
const portionOfImport = 20_000

func (i *importing) file(ctx context.Context, stdin io.Reader, path string) error {
	in, name := cli.Interruptible(ctx, stdin), "standard input"
	if path != "-" {
		file, err := cli.OpenInput(ctx, "", path)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		in, name = cli.Interruptible(ctx, file), path
	}
	for e, err := range ledger.ReadEntries(in, i.io.Now()) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			i.problems.Add(inFile(name, err))
			continue
		}
		if i.portion = append(i.portion, e); len(i.portion) == portionOfImport {
			if err := i.flush(ctx); err != nil {
				return err
			}
		}
	}
	return i.flush(ctx)
}

// inFile puts the name of the file before a problem's place.
func inFile(name string, err error) error {
	problem, ok := errors.AsType[*records.Problem](err)
	if !ok {
		return &records.Problem{Place: name, Err: err}
	}
	problem.Place = strings.TrimSuffix(name+": "+problem.Place, ": ")
	return problem
}

// flush takes in what was collected.
func (i *importing) flush(ctx context.Context) error {
	if len(i.portion) == 0 {
		return nil
	}
	if err := i.open(ctx); err != nil {
		return err
	}
	done, err := i.opened.Import(ctx, i.portion, i.dryRun)
	i.portion = i.portion[:0]
	i.sum.Added += done.Added
	i.sum.Settled += done.Settled
	i.sum.Known += done.Known
	i.sum.LeftOut += done.LeftOut
	return cli.LedgerFailure(err)
}

// write writes the summary.
func (i *importing) write(ctx context.Context, o *cli.IO) error {
	if o.InWords() {
		return o.Say("%s", i.sum.sentence())
	}
	count := func(header string, n func(*importSummary) int) output.Column[*importSummary] {
		return output.Column[*importSummary]{Header: header, Cell: func(s *importSummary) string { return fmt.Sprint(n(s)) }}
	}
	return cli.WriteAll(ctx, o, output.View[*importSummary]{Columns: []output.Column[*importSummary]{
		count("added", func(s *importSummary) int { return s.Added }),
		count("settled", func(s *importSummary) int { return s.Settled }),
		count("known", func(s *importSummary) int { return s.Known }),
		count("left_out", func(s *importSummary) int { return s.LeftOut }),
	}}, &i.sum)
}

// failure names the lines that could not be read; the others are imported.
func (i *importing) failure() error {
	err := i.problems.Err()
	if err == nil {
		return nil
	}
	hint := "expected the output of `progetctl deploy history -o ndjson`"
	switch {
	case i.sum == importSummary{dry: i.dryRun}: // there are no others
	case i.dryRun:
		hint += "; the other lines can be imported"
	default:
		hint += "; the other lines were imported; importing them again changes nothing"
	}
	return &cli.Failure{Kind: client.KindUsage, Lines: i.problems.Lines(""), Err: err, Hint: hint}
}
