// Package commands is the command line of progetctl: the command tree, help, completion and
// version. The commands themselves are in packages of their own below: flags and environment in, a
// result on stdout and an exit code out. Only they use Cobra.
//
// The stream rules: stdout is the result and nothing else. stderr is for errors and warnings; notes
// and progress go there only when it is a terminal and --quiet is not given. So a run that went
// well writes nothing to stderr in a pipe.
package commands
