package delivery

import (
	"context"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// Server is what is asked of a ProGet server. Its methods are called from several goroutines.
type Server interface {
	// Record sends one deployment record.
	Record(context.Context, client.Deployment, client.RecordOptions) (client.Receipt, error)
	// Check returns why a record must not be sent, nil if it may be, and the type of its package if
	// that was learnt.
	Check(context.Context, records.Record) (ecosystem.Type, error)
}

// Policy says what a record that can be sent later, or that may have been stored, means for the run
// as a whole.
type Policy string

// The policies.
const (
	PolicyFail  Policy = "fail"  // the run fails
	PolicyWarn  Policy = "warn"  // the run succeeds, with a warning
	PolicyQueue Policy = "queue" // the same, and what was not sent stays queued in the ledger
)

// Policies lists every policy, the default first.
func Policies() []Policy { return []Policy{PolicyFail, PolicyWarn, PolicyQueue} }

// Options are what a [Sender] works with. Emit and Flush are called from the goroutine that runs
// the sender.
type Options struct {
	Server  Server
	Address string          // the server's, as [ledger.Server] writes it
	Host    string          // name of this machine
	Session *ledger.Session // nil without a ledger
	// LedgerRequired ends the run if the ledger cannot be used at all. Otherwise LedgerFailed is
	// called, and the records are sent without it. A ledger that fails later ends the run in any
	// case.
	LedgerRequired bool
	LedgerFailed   func(error)
	// NotWritten is called if only the outcomes of the last records could not be written: the
	// ledger has them as in flight.
	NotWritten func(error)
	// Waiting is called once when nothing is left to send but records that another process is about
	// to send.
	Waiting func()
	// Crashed is called with what a panic said, in the goroutine and on the stack that it happened
	// on.
	Crashed func(cause any)
	Sleep   func(context.Context, time.Duration) error

	Parallel int                  // most records in flight, at least 1
	Request  client.RecordOptions // how each record is sent
	Policy   Policy
	Now      func() time.Time

	Emit  func(Result) // takes the result of each record
	Flush func()       // passes on what was emitted, when there is time
}

// LedgerError is a ledger that failed, and ended the run.
type LedgerError struct {
	Err      error
	NotBegun int // records that are not sent because of it
}

// Error is the ledger's own text.
func (e *LedgerError) Error() string { return e.Err.Error() }

// Unwrap returns the ledger's own error.
func (e *LedgerError) Unwrap() error { return e.Err }
