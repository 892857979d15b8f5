package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/internal/safefile"
)

// recordFile is an input file that is read twice: checked as a whole, then sent. Neither pass holds
// more than one record in memory.
type recordFile struct {
	file     *os.File
	defaults defaults
	words    *versionWords
	types    versionTypes // filled by the check; nil if nobody asks
	options  records.Options
	total    int // records that will be sent, known after the check
	remove   bool
}

// openRecords opens the input file. What can be read only once, as standard input, goes to a
// temporary file first.
func openRecords(ctx context.Context, stdin io.Reader, path string) (*recordFile, error) {
	if path == "-" {
		return spool(cli.Interruptible(ctx, stdin))
	}
	f, err := cli.OpenInput(ctx, "--input-file: ", path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder", safefile.Quote(path))
	case !info.Mode().IsRegular():
		defer func() { _ = f.Close() }()
		return spool(cli.Interruptible(ctx, f))
	default:
		return &recordFile{file: f}, nil
	}
	_ = f.Close()
	return nil, cli.Usage("--input-file: %s", err)
}

func spool(in io.Reader) (*recordFile, error) {
	const name = "progetctl-records-*"
	// Left by processes that were killed, on a system that can't remove an open file.
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), name))
	for _, path := range left {
		_ = os.Remove(path) // a process that has it open can still read it, or prevents its removal
	}
	f, err := os.CreateTemp("", name)
	if err != nil {
		return nil, err
	}
	// Without a name, nothing is left behind even by a process that is killed.
	r := &recordFile{file: f, remove: os.Remove(f.Name()) != nil}
	if _, err := io.Copy(f, in); err != nil {
		r.close()
		return nil, fmt.Errorf("cannot save the input to a temporary file: %w", err)
	}
	return r, nil
}

func (r *recordFile) close() {
	_ = r.file.Close()
	if r.remove {
		_ = os.Remove(r.file.Name())
	}
}

// check reads the whole file and names everything that is wrong with it.
func (r *recordFile) check(ctx context.Context, io *cli.IO) error {
	now := io.Now()
	var problems records.Problems
	out := leftOut{}
	r.options.LeftOut = func(status string) { out[status]++ }
	defer func() { r.options.LeftOut = nil }()
	for item, err := range r.items() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			problems.Add(err)
			continue
		}
		checked := false
		for _, target := range r.defaults.targetsOf(&item.Record) {
			if r.total++; checked {
				continue // what is wrong with a record is wrong for each of its targets
			}
			checked = true
			d := r.defaults.draft(&item, target)
			wrong := d.check(now)
			for _, err := range wrong {
				problems.Add(&records.Problem{Place: item.Place, Err: err})
			}
			if wrong == nil && problems.Count() == 0 {
				if err := r.words.resolve(ctx, &d); err != nil {
					return err
				}
				if r.types != nil && d.Type != "" {
					r.types[versionKey(d.Record)] = d.Type
				}
			}
		}
	}
	if problems.Count() == 0 {
		out.warn(io)
		return nil
	}
	f := &cli.Failure{Kind: client.KindUsage, Hint: "nothing was sent"}
	if properties := append(records.Names(), "Purl"); suggestProperties(&problems, properties) {
		f.Hint += "; the properties are " + strings.Join(properties, ", ")
	}
	f.Lines = problems.Lines("--input-file: ")
	return f
}

// suggestProperties gives unknown properties the nearest that exists, and reports whether there are
// any.
func suggestProperties(problems *records.Problems, known []string) (found bool) {
	for _, err := range problems.Unwrap() {
		if u, ok := errors.AsType[*records.UnknownProperty](err); ok {
			u.Near, found = suggest.Property(u.Name, known), true
		}
	}
	return found
}

// drafts yields the records once more, to be sent.
func (r *recordFile) drafts(ctx context.Context, now time.Time) iter.Seq2[draft, error] {
	return func(yield func(draft, error) bool) {
		for item, err := range r.items() {
			if err != nil {
				// It was valid when it was checked.
				yield(draft{}, fmt.Errorf("--input-file changed while it was being read: %w", err))
				return
			}
			for _, target := range r.defaults.targetsOf(&item.Record) {
				d := r.defaults.draft(&item, target)
				if wrong := d.check(now); wrong != nil {
					yield(draft{}, fmt.Errorf("--input-file changed while it was being read: %s: %w", item.Place, wrong[0]))
					return
				}
				if err := r.words.resolve(ctx, &d); err != nil { // it is known from the check
					yield(draft{}, err)
					return
				}
				if !yield(d, nil) {
					return
				}
			}
		}
	}
}

func (r *recordFile) items() iter.Seq2[records.Item, error] {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return func(yield func(records.Item, error) bool) { yield(records.Item{}, err) }
	}
	return records.Read(r.file, r.options)
}

// leftOut counts the lines of a file that are not sent, by their status, "" for those without a
// value.
type leftOut map[string]int

func (l leftOut) warn(io *cli.IO) {
	var parts []string
	total := 0
	for _, status := range slices.Sorted(maps.Keys(l)) {
		total += l[status]
		switch status {
		case "":
			parts = append(parts, fmt.Sprintf("%d without values", l[status]))
		case "uncertain":
			parts = append(parts, fmt.Sprintf("%d uncertain (--resend sends them again)", l[status]))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", l[status], status))
		}
	}
	if total > 0 {
		io.Warn("--input-file: %s left out: %s", cli.Plural(total, "line was", "lines were"), strings.Join(parts, ", "))
	}
}
