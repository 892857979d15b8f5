package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// effectNames are the words for Effect in a fault's text form.
func effectNames() map[string]Effect {
	return map[string]Effect{
		"reset-before":  ResetBefore,
		"reset-reading": ResetReading,
		"reset-after":   ResetAfter,
		"cut":           Cut,
		"stall":         Stall,
		"slow":          Slow,
		"corrupt":       Corrupt,
		"no-range":      IgnoreRange,
	}
}

// ParseFault reads the text form of a fault and of the pattern that it is for:
//
//	path=/api/package-deployment;status=503;retry-after=2;times=3
//
// The text is a list of key=value, separated by semicolons (a value has none). Keys:
//
//	path         required; a pattern as Server.Fault takes it
//	method       limits it to one method
//	times        how many requests meet it (default 1), or "always"
//	status       status code to answer with
//	body         text of that answer
//	size         bytes that the text is repeated to
//	header       a header field of the answer as Name: value, without a value to remove it; may be repeated
//	retry-after, location
//	             short for these two header fields
//	answer       sign-in (an HTML page with 200) or challenge (401); status, body and header alter it
//	effect       reset-before, reset-reading, reset-after, cut, stall, slow, corrupt, no-range
//	after        the byte at which the effect takes place
//	delay        a pause such as 2s, before the answer or as the effect has it
func ParseFault(spec string) (pattern string, fault Fault, err error) {
	fields, err := splitSpec(spec)
	if err != nil {
		return "", Fault{}, err
	}
	for _, field := range fields {
		if field.key == "path" {
			pattern = field.value
			continue
		}
		if err := fault.set(field.key, field.value); err != nil {
			return "", Fault{}, err
		}
	}
	if pattern == "" {
		return "", Fault{}, fmt.Errorf("fault %q has no path", spec)
	}
	return pattern, fault, nil
}

// specField is one key=value, trimmed; the key is in lower case.
type specField struct{ key, value string }

// splitSpec splits a fault's text. answer= comes first, because the other fields change its answer.
func splitSpec(spec string) ([]specField, error) {
	var answers, fields []specField
	for part := range strings.SplitSeq(spec, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, found := strings.Cut(part, "=")
		if !found {
			return nil, fmt.Errorf("%q in a fault is not key=value", part)
		}
		field := specField{strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)}
		if field.key == "answer" {
			answers = append(answers, field)
		} else {
			fields = append(fields, field)
		}
	}
	return append(answers, fields...), nil
}

// set applies one field.
func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "method":
		f.Method = strings.ToUpper(value)
	case "times":
		f.Times, err = parseTimes(value)
	case "status":
		f.Status, err = parseNumber(key, value, 200, 599)
	case "body":
		f.Body = value
	case "size":
		f.Fill, err = parseSize(key, value)
	case "header":
		name, text, _ := strings.Cut(value, ":")
		f.addHeader(strings.TrimSpace(name), strings.TrimSpace(text))
	case "retry-after", "location":
		f.addHeader(key, value)
	case "answer":
		err = f.setAnswer(value)
	case "effect":
		effect, ok := effectNames()[value]
		if !ok {
			return fmt.Errorf("unknown effect %q in a fault", value)
		}
		f.Effect = effect
	case "after":
		f.After, err = parseSize(key, value)
	case "delay":
		f.Delay, err = time.ParseDuration(value)
	default:
		return fmt.Errorf("unknown key %q in a fault", key)
	}
	return err
}

// addHeader keeps several fields of one name, as Set-Cookie would need.
func (f *Fault) addHeader(name, value string) {
	if f.Header == nil {
		f.Header = http.Header{}
	}
	f.Header.Add(name, value)
}

// setAnswer copies the answer of a predefined fault, but not path, times and effect.
func (f *Fault) setAnswer(name string) error {
	var answer Fault
	switch name {
	case "sign-in":
		answer = SignInPage()
	case "challenge":
		answer = Challenge()
	default:
		return fmt.Errorf("unknown answer %q in a fault", name)
	}
	f.Status, f.Header, f.Body = answer.Status, answer.Header, answer.Body
	return nil
}

// parseTimes refuses 0: a fault for no request is a mistake in the spec.
func parseTimes(value string) (int, error) {
	if value == "always" {
		return -1, nil
	}
	return parseNumber("times", value, 1, 1<<30)
}

// parseNumber names the key in its error, because a spec has several numbers.
func parseNumber(key, value string, low, high int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s %q in a fault is not a number from %d to %d", key, value, low, high)
	}
	return n, nil
}

// parseSize reads bytes, up to 1 TiB.
func parseSize(key, value string) (int64, error) {
	n, err := parseNumber(key, value, 0, 1<<40)
	return int64(n), err
}
