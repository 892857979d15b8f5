package commands

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// WriteCompletion writes the completion script of a shell: bash, fish, powershell or zsh. Cobra's
// own scripts have the shell evaluate the command line, so that a press of Tab runs what is in a
// $(…) on it (its issue 2096 is fish's): these do not.
func WriteCompletion(w io.Writer, root *cobra.Command, shell string, descriptions bool) error {
	var script bytes.Buffer
	var err error
	switch shell {
	case "bash":
		return writeBashCompletion(w, root, descriptions)
	case "fish":
		err = root.GenFishCompletion(&script, descriptions)
		script.WriteString(completionScript(fishAsk, root, descriptions))
	case "powershell":
		err = powershellScript(&script, root, descriptions)
	case "zsh":
		script.WriteString(completionScript(zshScript, root, descriptions))
	default:
		err = fmt.Errorf("no completion script for %q", shell)
	}
	if err != nil {
		return err
	}
	_, err = script.WriteTo(w)
	return err
}

// runCompletion is the function of the command that prints a shell's script.
func runCompletion(cmd *cobra.Command, _ []string) error {
	plain, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	return WriteCompletion(cmd.OutOrStdout(), cmd.Root(), cmd.Name(), !plain)
}

// fishAsk replaces the function of Cobra's that asks the program.
const fishAsk = `
# Asks the program for the completions of the command line. Nothing on the line
# is run: fish unquotes its words, and puts in the values of variables if it can.
function __NAME_perform_completion
    set -l args
    if string match -qr '^[4-9]|^[1-9][0-9]' -- $version
        set args (commandline -xpc)
    else
        set args (commandline -opc)
    end
    set -l lastArg (commandline -ct)
    set -l program (string replace -r '^~(?=/)' -- $HOME $args[1])
    type -q -- $program; or set program NAME

    set -l results ($program COMMAND $args[2..-1] "$lastArg" 2>/dev/null)
    while set -q results[1]; and string match -qr '^\s*$' -- $results[-1]
        set -e results[-1]
    end
    set -q results[1]; or return

    # Of --flag=value, fish completes the whole word.
    set -l flagPrefix (string match -r -- '^-.*=' "$lastArg")
    for comp in $results[1..-2]
        printf "%s%s\n" "$flagPrefix" "$comp"
    end
    printf "%s\n" "$results[-1]"
end
`

// zshScript replaces Cobra's, which evaluates the line and parts of it in several places.
const zshScript = `#compdef NAME
compdef _NAME NAME

# zsh completion for NAME

# Reads one word of the command line into the variable word: quotes, the home
# folder and the value of a plain variable. Nothing on the line is run.
__NAME_read_word()
{
    local -a match mbegin mend
    if [[ $1 =~ '^"?\$[{]?([A-Za-z_][A-Za-z0-9_]*)[}]?"?$' ]]; then
        word=${(P)match[1]}
    elif [[ $1 == "~" || $1 == "~/"* ]]; then
        word=$HOME${(Q)1#\~}
    else
        word=${(Q)1}
    fi
}

_NAME()
{
    local word program raw line out
    local -a args completions options
    local -i directive=0

    __NAME_read_word "${words[1]}"
    program=$word
    (( $+commands[$program] || $+functions[$program] )) || [[ $program == */* && -x $program ]] || program=NAME
    for raw in "${(@)words[2,CURRENT-1]}"; do
        __NAME_read_word "$raw"
        args+=("$word")
    done
    # Up to the cursor, without the quote that is open.
    __NAME_read_word "$PREFIX"
    args+=("$word")

    out=$("$program" COMMAND "${(@)args}" 2>/dev/null)
    for line in "${(@f)out}"; do
        if [[ $line =~ '^:([0-9]+)$' ]]; then
            directive=${line[2,-1]}
        elif [[ -n $line ]]; then
            # _describe expects name:description.
            completions+=("${${line//:/\\:}/$'\t'/:}")
        fi
    done
    (( directive & 1 )) && return 1
    (( directive & 2 )) && options+=(-S '')

    # Of --flag=value, what is completed is the value.
    [[ $PREFIX == -*=* ]] && compset -P 1 '-*='

    _describe completions completions "${(@)options}" && return 0
    (( directive & 4 )) && return 1
    _files
}

# Not while the script is sourced.
if [ "$funcstack[1]" = "_NAME" ]; then
    _NAME
fi
`

// powershellWords and powershellAsk replace in Cobra's script what makes a text of the command line
// and has it evaluated. The words are read from the line's syntax tree: texts without their quotes,
// the values of plain variables, anything else as it stands.
const powershellWords = `# The words up to the cursor. Nothing on the line is run.
    $Words = @($CommandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $CursorPosition } | ForEach-Object {
        if ($_.Extent.EndOffset -gt $CursorPosition) {
            $_.Extent.Text.Substring(0, $CursorPosition - $_.Extent.StartOffset)
        } elseif ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $_.Value
        } elseif ($_ -is [System.Management.Automation.Language.VariableExpressionAst]) {
            "$(Get-Variable -Name $_.VariablePath.UserPath -ValueOnly -ErrorAction Ignore)"
        } else {
            $_.Extent.Text
        }
    })
    $Program = $Words[0]
    $Arguments = @($Words | Select-Object -Skip 1)

    `

const powershellAsk = `if ($WordToComplete -ne "") {
        $WordToComplete = $Words[-1]
    }
    $IsEqualFlag = ($WordToComplete -Like "--*=*")
    if ($IsEqualFlag) {
        # Of --flag=value, what is completed is the value.
        $Flag,$WordToComplete = $WordToComplete.Split("=",2)
    } elseif ($WordToComplete -eq "") {
        # Before PowerShell 7.3, an empty argument is dropped, and two quotes arrive as one.
        if ($PSVersionTable.PsVersion -lt [version]'7.3.0' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
            $Arguments += '""'
        } else {
            $Arguments += ''
        }
    }

    ${env:ACTIVE}=0
    $Out = @(& $Program COMMAND @Arguments 2>$null)
    if ($Out.Length -eq 0) {
        return
    }

    `

// powershellScript writes Cobra's script with its two unsafe parts replaced.
func powershellScript(w *bytes.Buffer, root *cobra.Command, descriptions bool) error {
	var script bytes.Buffer
	generate := root.GenPowerShellCompletionWithDesc
	if !descriptions {
		generate = root.GenPowerShellCompletion
	}
	if err := generate(&script); err != nil {
		return err
	}
	ask := strings.ReplaceAll(completionScript(powershellAsk, root, descriptions), "ACTIVE", strings.ToUpper(root.Name())+"_ACTIVE_HELP")
	text := script.String()
	for _, part := range []struct{ from, to, text string }{
		{"# Get the current command line and convert", "$ShellCompDirectiveError=", powershellWords},
		{"# Prepare the command to request completions", "# get directive from last line", ask},
	} {
		before, rest, begins := strings.Cut(text, part.from)
		_, after, ends := strings.Cut(rest, part.to)
		if !begins || !ends {
			return fmt.Errorf("the script for PowerShell has no part %q", part.from)
		}
		text = before + part.text + part.to + after
	}
	w.WriteString(text)
	return nil
}
