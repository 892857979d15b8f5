package feedtype

import (
	"encoding/json"
	"fmt"
)

// eachMember reads the object that dec is at and calls f for each of its keys; f must read the value. So an index is read
// one entry at a time, and memory holds one entry, not the index. A null is an object without members.
func eachMember(dec *json.Decoder, f func(key string) error) error {
	if ok, err := open(dec, '{'); !ok {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if err := f(key.(string)); err != nil { // the decoder lets nothing else stand before a colon
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// eachItem is eachMember for an array: f reads one element.
func eachItem(dec *json.Decoder, f func() error) error {
	if ok, err := open(dec, '['); !ok {
		return err
	}
	for dec.More() {
		if err := f(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// open reads the opening delimiter; not ok and no error for a null.
func open(dec *json.Decoder, want json.Delim) (bool, error) {
	token, err := dec.Token()
	if err != nil || token == nil {
		return false, err
	}
	if token != want {
		return false, fmt.Errorf("expected %q, found %v", want.String(), token)
	}
	return true, nil
}

// skip reads one value of any size and keeps nothing of it.
func skip(dec *json.Decoder) error {
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > maxDepth {
			return errTooDeep
		}
	}
}
