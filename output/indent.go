package output

import "bytes"

// appendIndented appends valid compact JSON as json.Indent would write it with two spaces a level.
// That one runs every byte through the state machine that checks JSON, which takes four times as
// long.
func appendIndented(b, compact []byte, margin string) []byte {
	depth := 0
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := i + 1 + closing(compact[i+1:])
			b = append(b, compact[i:end+1]...)
			i = end
		case '{', '[':
			b = append(b, c)
			if closed := compact[i+1]; closed == '}' || closed == ']' {
				b = append(b, closed)
				i++
				continue
			}
			depth++
			b = appendLineBreak(b, margin, depth)
		case '}', ']':
			depth--
			b = append(appendLineBreak(b, margin, depth), c)
		case ',':
			b = appendLineBreak(append(b, c), margin, depth)
		case ':':
			b = append(b, ": "...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// closing is the place of the quotation mark that ends a string.
func closing(text []byte) int {
	i := bytes.IndexByte(text, '"')
	if bytes.IndexByte(text[:i], '\\') < 0 { // nearly always
		return i
	}
	i = 0
	for text[i] != '"' {
		if text[i] == '\\' {
			i++
		}
		i++
	}
	return i
}

// appendLineBreak begins a line.
func appendLineBreak(b []byte, margin string, depth int) []byte {
	b = append(append(b, '\n'), margin...)
	for range depth {
		b = append(b, "  "...)
	}
	return b
}
