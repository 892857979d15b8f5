package deploy

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sort"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/advisory"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/internal/safefile"
)

// verdict is what was found of one package version.
type verdict struct {
	findings []finding
	unclear  string
}

// keep leaves the rows of which there is a verdict; numbers has that of each row.
func (f *running) keep(numbers []int, verdicts map[int]*verdict) {
	kept := f.rows[:0]
	for i, r := range f.rows {
		v := verdicts[numbers[i]]
		if v == nil {
			continue
		}
		sort.SliceStable(v.findings, func(i, j int) bool { return v.findings[i].id < v.findings[j].id })
		r.advisories, r.unclear = v.findings, cmp.Or(r.unclear, v.unclear)
		if r.advisories == nil {
			r.advisories = []finding{}
		}
		kept = append(kept, r)
	}
	f.rows = kept
}

// maxFindings bounds what is kept of all advisories of a file, each finding with the versions in
// which it is fixed, in texts of 16 bytes: 64 MiB.
const maxFindings = 4 << 20

// matchAdvisories leaves what the advisories of a file name.
func (f *running) matchAdvisories(ctx context.Context) error {
	in, err := openAdvisories(ctx, f.io, f.options.affectedBy.Value)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	var packages advisory.Packages
	numbers := make([]int, len(f.rows))
	for i, r := range f.rows {
		numbers[i] = packages.Add(f.identity(r))
	}
	verdicts, kept := map[int]*verdict{}, 0
	problems := records.Problems{Alike: true}
	for a, err := range advisory.Read(in) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			problems.Add(err)
			continue
		}
		for n, found := range packages.Match(a) {
			const own = 4 // texts, and what names the version
			if kept += own + len(found.Fixed); kept > maxFindings {
				return &cli.Failure{
					Kind: client.KindUsage, Lines: []string{"--affected-by: the advisories have more findings than can be kept in memory"},
					Hint: "give fewer advisories at a time, or narrow the list with --package, --target or --feed",
				}
			}
			v := verdicts[n]
			if v == nil {
				v = &verdict{}
				verdicts[n] = v
			}
			v.findings = append(v.findings, finding{found.ID, found.Severity, found.Fixed})
			if found.Doubt != "" {
				v.unclear = cmp.Or(v.unclear, fmt.Sprintf("%s: %s", found.ID, found.Doubt))
			}
		}
	}
	if err := problems.Err(); err != nil {
		return &cli.Failure{
			Kind: client.KindUsage, Lines: problems.Lines("--affected-by: "), Err: err,
			Hint: "expected advisories in the OSV format (https://ossf.github.io/osv-schema/), as from https://api.osv.dev",
		}
	}
	f.notes = append(f.notes, packages.Notes()...)
	f.keep(numbers, verdicts)
	return nil
}

// openAdvisories opens the file, or standard input.
func openAdvisories(ctx context.Context, o *cli.IO, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(cli.Interruptible(ctx, o.Stdin)), nil
	}
	file, err := cli.OpenInput(ctx, "--affected-by: ", path)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		_ = file.Close()
		return nil, cli.Usage("--affected-by: %s is a folder", safefile.Quote(path))
	}
	return readCloser{cli.Interruptible(ctx, file), file}, nil
}

// readCloser reads from one and closes the other.
type readCloser struct {
	io.Reader
	io.Closer
}
