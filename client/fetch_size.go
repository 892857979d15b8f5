package client

import "fmt"

// statedSize is what an index or a manifest states of the size of a content. The zero value states
// nothing: a size of 0 stands for an unknown one.
type statedSize struct {
	bytes int64
	// exact refuses any other size: a manifest's, which the archive has already.
	exact bool
	// hashed is true if a checksum decides whether the content is the right one.
	hashed bool
}

// sizeSlack is 1 MiB, what a content without a checksum may have beyond twice its stated size:
// indexes that sign or repack packages state the sizes from before.
const sizeSlack = 1 << 20

// bound is the most bytes that are written, or -1.
func (s statedSize) bound() int64 {
	switch {
	case s.exact || s.bytes > 0 && s.hashed:
		return s.bytes
	case s.bytes > 0 && s.bytes < (1<<62)/2:
		return 2*s.bytes + sizeSlack
	}
	return -1
}

// exceeded is the error of a content that goes on beyond the bound.
func (s statedSize) exceeded() error {
	if s.bound() > s.bytes {
		return fmt.Errorf("the content has more than %d bytes, and the feed's index says %d", s.bound(), s.bytes)
	}
	return fmt.Errorf("the content has more than the %d bytes that the %s says", s.bytes, map[bool]string{true: "manifest", false: "feed's index"}[s.exact])
}

// compare compares the size of a whole content. What passes its checksum, or has none, only causes
// a warning.
func (s statedSize) compare(size int64) (warning string, err error) {
	if size == s.bytes || s.bytes <= 0 && !s.exact {
		return "", nil
	}
	if s.exact {
		return "", fmt.Errorf("the content has %d bytes, and the manifest says %d", size, s.bytes)
	}
	return fmt.Sprintf("the content has %d bytes, and the feed's index says %d", size, s.bytes), nil
}
