package commands

import (
	"bytes"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// bashWords are Cobra's words for the characters at which readline begins a new word and a value
// does not, and ours: Cobra leaves out the @ of a package URL.
const bashWords, purlWords = "_init_completion -n =:", "_init_completion -n =:@"

// bashTrim replaces a function of Cobra's, which cuts completions at one character at a
// time, in an order that a URL with all of them has not.
const bashTrim = `
# Readline replaces what comes after the last character that breaks a word,
# and an @ itself where it may begin the name of a host: so much of a completion
# is not to be given. Called for : and =, this deals with both and @ together.
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

// bashAsk replaces the function of Cobra's that asks the program, which runs the whole command line
// with eval: each Tab would run what is in a $(…) on it.
const bashAsk = `
# Reads one word of the command line into the variable word: quotes, backslashes,
# the home folder and the value of a plain variable. Nothing on the line is run.
__NAME_read_word()
{
    local rest=$1 quote="" char name
    word=""
    if [[ $rest == "~" || $rest == "~/"* ]]; then
        word=${HOME-} rest=${rest:1}
    fi
    while [[ -n $rest ]]; do
        char=${rest:0:1} rest=${rest:1}
        if [[ $quote == "'" && $char != "'" ]]; then
            word+=$char
            continue
        fi
        case $char in
        \' | \")
            if [[ $quote == "$char" ]]; then
                quote=""
            elif [[ -z $quote ]]; then
                quote=$char
            else
                word+=$char
            fi
            ;;
        \\)
            char=${rest:0:1} rest=${rest:1}
            [[ -z $quote || $char == [\$\"\\] || $char == $'\x60' ]] || word+=\\
            word+=$char
            ;;
        \$)
            if [[ $rest =~ ^([A-Za-z_][A-Za-z0-9_]*) || $rest =~ ^[{]([A-Za-z_][A-Za-z0-9_]*)[}] ]]; then
                rest=${rest:${#BASH_REMATCH[0]}}
                name=${BASH_REMATCH[1]}
                word+=${!name-}
            else
                word+=$char
            fi
            ;;
        *) word+=$char ;;
        esac
    done
}

# Asks the program for the completions: fills the variables out and directive.
__NAME_get_completion_results()
{
    local word program raw
    local -a args=()
    __NAME_read_word "${words[0]}"
    program=$word
    # An alias is known to the command line only.
    case $(type -t -- "$program") in
    file | function) ;;
    *) program=NAME ;;
    esac
    for raw in "${words[@]:1}"; do
        __NAME_read_word "$raw"
        args+=("$word")
    done
    # Of --flag=value, what is completed is the value.
    [[ $cur == -*=* ]] && cur="${cur#*=}"

    out=$("$program" COMMAND ${args[@]+"${args[@]}"} 2>/dev/null)
    directive=${out##*:}
    out=${out%:*}
    [[ $directive =~ ^[0-9]+$ ]] || directive=0
}
`

// writeBashCompletion writes Cobra's script for bash, made fit for package URLs and for what is on
// a command line.
func writeBashCompletion(w io.Writer, root *cobra.Command, descriptions bool) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, descriptions); err != nil {
		return err
	}
	script.WriteString(completionScript(bashTrim+bashAsk, root, descriptions))
	_, err := io.WriteString(w, strings.ReplaceAll(script.String(), bashWords, purlWords))
	return err
}

// completionScript fills in the program's name and its hidden command.
func completionScript(script string, root *cobra.Command, descriptions bool) string {
	ask := cobra.ShellCompRequestCmd
	if !descriptions {
		ask = cobra.ShellCompNoDescRequestCmd
	}
	return strings.NewReplacer("NAME", root.Name(), "COMMAND", ask).Replace(script)
}
