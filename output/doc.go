// Package output is everything that a person or a script sees of progetctl: the formats of a result
// (table, json, ndjson, csv, markdown), jq filters on them, progress, colour, units, and the one
// cleaner for text that a server sent.
//
// # Streams
//
// A [Writer] gets the stream of the result (stdout) and nothing else goes there. Progress goes to
// stderr, and only where that is a terminal. The caller says which of the two a stream is, and how
// wide: nothing here asks the process for its environment or its terminal.
//
// # Exact or clean
//
// Data for programs stays exact: json, ndjson, csv and raw jq strings in a pipe. What a person
// reads is clean: cells of tables and markdown always, and everything on a terminal, so that a
// package's name cannot move the cursor, hide text or forge a line. See [Clean].
package output
