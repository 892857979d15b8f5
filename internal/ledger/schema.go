package ledger

// What the tables hold, in each engine's own types (sqlite/schema.go, postgres/schema.go):
//
// deployment has the records. made_at is in seconds since 1970, type is that of the package ("" if
// it is unknown), host the machine that made the record. An owner without a row in the table
// owner is none.
//
// owner has the processes that send. lease_until is in milliseconds since 1970, in_flight a JSON
// array of the ids of what is being sent: this is one small row to write, while the row of each
// record has every column and index. first_open is the lowest id that the owner may not have begun.
//
// abandoned has the planned rows of dead owners, some of which may have been taken up since. An
// index of all planned rows would cost a write for every record.
//
// feed_type has the types of feeds as their servers said, with the feeds in lower case. digest: see
// [place].

// openStates is the condition of the index deployment_open, and of every query that means to use
// it: SQLite takes a partial index only where the query repeats the condition word for word
// (sqlite.org/partialindex.html, section 3).
//
// Planned records are not pending, so a record that succeeds is never in this index. The condition
// has comparisons, because for a list of three SQLite would build a table each time that rows are
// written.
const openStates = "(state = 'queued' OR state = 'uncertain' OR state = 'refused')"
