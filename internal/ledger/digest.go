package ledger

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/progetctl/progetctl/internal/records"
)

// The table digest has 32 bytes for each record: a hash of its package and target, made_at, and its
// id. Each transaction that adds records appends one row with the entries of all of them, which
// costs almost nothing. An index on package and target would make adding to a file of 300,000
// records 1.7 times slower. Reading all of it takes a twentieth of a second for a million records.
// An entry whose record was removed is skipped.

// place is an entry of the digest.
type place struct {
	hash   uint64 // of the package in the upper 16 bits, of package, target, server, group and feed in the others
	madeAt int64
	id     [16]byte // the 128 bits that the text of the id encodes
}

// placeSize is the length of an entry in bytes.
const placeSize = 32

// packageBits are the bits of a hash that depend only on the package's name.
const packageBits = uint64(0xffff) << 48

// placeHash is the same for records of one package, from one feed of one server, on one target.
// Names are folded as in [newest].
func placeHash(server string, r records.Record) uint64 {
	group := strings.ToLower(strings.TrimPrefix(r.GroupName, "@"))
	whole := hashed(server, []string{strings.ToLower(r.FeedName), group, strings.ToLower(r.PackageName), strings.ToLower(r.Target)}, "")
	return packageHash(r.PackageName) | mixed(whole)&^packageBits
}

// packageHash is the part of a hash that depends on the package's name.
func packageHash(name string) uint64 {
	return mixed(hashed("", nil, strings.ToLower(name))) & packageBits
}

// mixed makes each bit of a hash depend on every other. The upper bits of FNV hardly depend on the
// last letters, and names often differ only in these. It is the last step of MurmurHash3.
func mixed(hash int64) uint64 {
	h := uint64(hash)
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// appendPlace writes the entry of a record.
func appendPlace(b []byte, id, server string, madeAt int64, r records.Record) []byte {
	b = binary.BigEndian.AppendUint64(b, placeHash(server, r))
	b = binary.BigEndian.AppendUint64(b, uint64(madeAt))
	return appendID(b, id)
}

// readPlace reads the entry at the beginning of b.
func readPlace(b []byte) place {
	return place{
		hash: binary.BigEndian.Uint64(b), madeAt: int64(binary.BigEndian.Uint64(b[8:])), id: [16]byte(b[16:placeSize]),
	}
}

// compare orders by time, as made_at and id do in the table.
func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.madeAt, q.madeAt), bytes.Compare(p.id[:], q.id[:]))
}

// addDigest appends a row with the entries of the records that a transaction adds. Runs with single
// records would each leave a row, so one in 64 merges the small ones before it. The random bits of
// an id decide which, because the row's number is known only after the database has answered.
func addDigest(t *txn, entries []byte) error {
	if len(entries) == 0 {
		return nil
	}
	const run, small = 64, 512 * placeSize
	if entries[len(entries)-1]%run != 0 || len(entries) > small {
		return t.later("INSERT INTO digest (entries) VALUES (?)", entries)
	}
	var merged []byte
	var taken []any
	err := t.each(func(rows *sql.Rows) error {
		var row int
		var part []byte
		err := rows.Scan(&row, &part)
		merged, taken = append(merged, part...), append(taken, row)
		return err
	}, "SELECT n, entries FROM digest WHERE n > (SELECT max(n) FROM digest) - ? AND length(entries) <= ? ORDER BY n"+t.db.SQL().SkipLocked, 8*run, small)
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		if err := t.later("DELETE FROM digest WHERE n IN ("+marks(len(taken))+")", taken...); err != nil {
			return err
		}
	}
	return t.later("INSERT INTO digest (entries) VALUES (?)", append(merged, entries...))
}

// rebuildDigest makes the digest of the records that there are.
func rebuildDigest(t *txn) error {
	// No other transaction may add entries meanwhile: they would be in it twice.
	if err := t.db.LockTable(t.ctx, "digest"); err != nil {
		return err
	}
	if err := t.later("DELETE FROM digest"); err != nil {
		return err
	}
	const portion = 1000
	after := ""
	for {
		var entries []byte
		before := after
		err := t.each(func(rows *sql.Rows) error {
			var server string
			var madeAt int64
			var r records.Record
			if err := rows.Scan(&after, &server, &madeAt, &r.FeedName, &r.GroupName, &r.PackageName, &r.Target); err != nil {
				return err
			}
			entries = appendPlace(entries, after, server, madeAt, r)
			return nil
		}, "SELECT id, server, made_at, feed, grp, package, target FROM deployment WHERE id > ? ORDER BY id LIMIT ?", after, portion)
		if err != nil || len(entries) == 0 {
			return err
		}
		if after <= before { // columns of other types, which sort otherwise
			return errDigest
		}
		if err := t.later("INSERT INTO digest (entries) VALUES (?)", entries); err != nil {
			return err
		}
	}
}

// errDigest is a digest that does not match the records.
var errDigest = errors.New("its digest of packages and targets does not fit its records")

// eachPlace calls f on every entry of the digest, in another goroutine.
func eachPlace(ctx context.Context, l *Ledger, f func(place)) error {
	return l.read(ctx, func(t *txn) error {
		some := false
		err := beside(func(send func([]byte)) error {
			const enough = 64 << 10 // bytes; single records leave rows of one entry
			var waiting []byte
			err := t.each(func(rows *sql.Rows) error {
				var entries sql.RawBytes
				if err := rows.Scan(&entries); err != nil {
					return err
				}
				if len(entries)%placeSize != 0 {
					return errDigest
				}
				some = some || len(entries) > 0
				if waiting = append(waiting, entries...); len(waiting) >= enough {
					send(waiting)
					waiting = nil
				}
				return nil
			}, t.db.SQL().Bytes("SELECT entries FROM digest ORDER BY n"))
			send(waiting)
			return err
		}, func(entries []byte) error {
			for b := entries; len(b) >= placeSize; b = b[placeSize:] {
				p := readPlace(b)
				if p.id == ([16]byte{}) {
					return errDigest
				}
				f(p)
			}
			return nil
		})
		if err != nil || some {
			return err
		}
		if left, err := t.number("SELECT count(*) FROM (SELECT 1 FROM deployment LIMIT 1) AS one"); err != nil || left == 0 {
			return err
		}
		return errDigest
	})
}

// withDigest calls a function that reads the digest, and once more with a new digest if it does not
// fit the records: the file was damaged, or a prune was killed before its end.
func withDigest(ctx context.Context, l *Ledger, read func() error) error {
	err := read()
	if !errors.Is(err, errDigest) {
		return err
	}
	if l.write(ctx, rebuildDigest) == nil {
		err = read()
	}
	if errors.Is(err, errDigest) {
		return &Error{Path: l.Name(), Kind: ErrDamaged, Err: errDigest}
	}
	return err
}
