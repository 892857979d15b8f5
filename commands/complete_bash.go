package commands

import (
	"bytes"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// bashWords are Cobra's words for the characters at which readline begins a new
// word and a value does not, and ours: Cobra leaves out the @ of a package URL.
const bashWords, purlWords = "_init_completion -n =:", "_init_completion -n =:@"

// bashTrim takes the place of a function of Cobra's, which cuts completions at
// one character at a time, in an order that a URL with all of them has not.
const bashTrim = `
# Readline replaces what stands behind the last character that breaks a word,
# and an @ itself where it may begin the name of a host: so much of a completion
# is not to be given. Called for : and =, this deals with both and @ at once.
__NAME_handle_special_char()
{
    local breaks="${COMP_WORDBREAKS//[^@:=]/}"
    [[ $2 == : && -n $breaks ]] || return
    local word="${1%"${1##*[$breaks]}"}"
    shopt -q hostcomplete && word=${word%@}
    local idx=${#COMPREPLY[*]}
    while ((--idx >= 0)); do
        COMPREPLY[idx]=${COMPREPLY[idx]#"$word"}
    done
}
`

// WriteBashCompletion writes Cobra's script for bash, made fit for package URLs.
func WriteBashCompletion(w io.Writer, root *cobra.Command, descriptions bool) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, descriptions); err != nil {
		return err
	}
	script.WriteString(strings.ReplaceAll(bashTrim, "NAME", root.Name()))
	_, err := io.WriteString(w, strings.ReplaceAll(script.String(), bashWords, purlWords))
	return err
}

// runBashCompletion runs the command.
func runBashCompletion(cmd *cobra.Command, _ []string) error {
	plain, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	return WriteBashCompletion(cmd.OutOrStdout(), cmd.Root(), !plain)
}
