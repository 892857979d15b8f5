package output

// Style is the look of a cell or word where colour is on (ECMA-48 SGR). Colour only helps: nothing
// may depend on it alone.
type Style uint8

// The styles. Plain adds nothing. The colours are the terminal's own eight, so that they fit light
// and dark schemes.
const (
	Plain Style = iota
	Bold
	Dim
	Red
	Green
	Yellow
)

// sgr returns the parameter of the SGR sequence that switches the style on.
func (s Style) sgr() string {
	switch s {
	case Bold:
		return "1"
	case Dim:
		return "2"
	case Red:
		return "31"
	case Green:
		return "32"
	case Yellow:
		return "33"
	default:
		return ""
	}
}

// Apply returns text in the style, ended by a reset. The text must be one line and clean already
// ([Clean]): its width on the terminal stays what it was. Plain and an empty text are returned
// unchanged.
func (s Style) Apply(text string) string {
	return string(s.append(nil, []byte(text)))
}

func (s Style) append(b, text []byte) []byte {
	code := s.sgr()
	if code == "" || len(text) == 0 {
		return append(b, text...)
	}
	b = append(append(append(b, "\x1b["...), code...), 'm')
	return append(append(b, text...), "\x1b[0m"...)
}

// ColorEnabled decides whether a stream gets colour. The first rule that applies wins:
//
//	NO_COLOR is set and not empty        no   (no-color.org)
//	FORCE_COLOR is "0" or "false"        no
//	FORCE_COLOR is set and not empty     yes  (force-color.org), in a pipe too
//	TERM is "dumb"                       no
//	otherwise                            where the stream is a terminal
func ColorEnabled(terminal bool, getenv func(string) string) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	switch getenv("FORCE_COLOR") {
	case "":
		return terminal && getenv("TERM") != "dumb"
	case "0", "false":
		return false
	default:
		return true
	}
}
