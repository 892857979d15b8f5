// Package delivery sends deployment records: many at the same time, each written down in the ledger
// before it is sent, with its outcome after.
//
// # States
//
// A record is waiting while it is in the input, or in the ledger as planned or queued. It is begun
// when the ledger has it marked as in flight, and only then is it sent, which may take several
// attempts. It is settled when its outcome is written to the ledger and its result is emitted.
//
//	waiting → begun → sent → settled
//	   ↑        ↓
//	   |     returned      (the sending stopped before a worker took it)
//	   ↓
//	 rest → settled        (the sending stopped before it was begun)
//
// The sending stops when the run is interrupted, the credentials are refused, or the server is
// unavailable. What was begun and not sent is then returned to what is waiting, and what is still
// waiting is the rest: each of these records has a result too, with no attempts. A record that was
// sent and not answered is settled as uncertain. It is never sent again unless that was asked for.
//
// The package has no command line and no terminal: whoever calls it hands over the server, the
// ledger's session, the clock and what is to be done with results.
package delivery
