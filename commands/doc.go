// Package commands is the command line of progetctl: flags and environment in,
// one call of the client, a result on stdout and an exit code out. Cobra lives
// here only.
//
// The stream rules: stdout is the result and nothing else. stderr is for
// errors and warnings; notes and progress go there only when it is a terminal
// and --quiet is not given. So a run that went well writes nothing to stderr in
// a pipe.
package commands
