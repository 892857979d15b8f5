package safefile

import (
	"fmt"
	"mime"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNameBytes is the longest name that the common file systems take: 255 bytes on Linux, 255
// UTF-16 units on Windows and macOS, which are never more than the bytes.
const maxNameBytes = 255

// forbidden is what Windows has in no name, besides separators and control characters.
const forbidden = `<>:"|?*`

// maxExtensionBytes is the longest ending that is kept when a name is shortened.
const maxExtensionBytes = 16

// BaseName makes one file name of what a server calls a file. The result is the same on every
// platform, so that a script finds the file that it found elsewhere: no folder, drive or stream, no
// name that Windows keeps for a device, no character that Windows forbids or that a terminal hides,
// no leading dot or hyphen (a server must not place a settings file of some tool, or what a command
// takes for a flag), at most 255 bytes with the extension kept. It changes no safe name. A name of
// which nothing is left is an error.
func BaseName(serverName string) (string, error) {
	name := strings.ToValidUTF8(serverName, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = withoutDrive(name)
	name = strings.Map(printable, name)
	name = shorten(trim(name))
	if name == "" {
		return "", fmt.Errorf("%q is not a file name", serverName)
	}
	if isDevice(name) {
		name = shorten("_" + name)
	}
	return name, nil
}

// NameError says why a system can't give a file its name.
type NameError struct{ Name, Why string }

// Error quotes the name.
func (e *NameError) Error() string { return Quote(e.Name) + " can't be a file name: " + e.Why }

// CheckName returns a [*NameError] for a name that this system refuses or, as Windows does, takes
// for another one. It is for the names that people choose; [BaseName] makes a good one of a
// server's.
func CheckName(name string) error { return checkNameOn(runtime.GOOS, name) }

// checkNameOn is CheckName on a platform, as in runtime.GOOS.
func checkNameOn(goos, name string) error {
	length, windows := len(name), goos == "windows"
	if windows {
		length = len(utf16.Encode([]rune(name)))
	}
	why := ""
	switch {
	case length > maxNameBytes:
		why = fmt.Sprintf("it is longer than %d characters", maxNameBytes)
	case !windows:
	case isDevice(name):
		why = "Windows keeps it for a device"
	case strings.ContainsAny(name, forbidden):
		why = "Windows forbids " + strings.Join(strings.Split(forbidden, ""), " ")
	case strings.TrimRight(name, " .") != name:
		why = "Windows drops a dot or space at the end"
	}
	if why == "" {
		return nil
	}
	return &NameError{name, why}
}

// FromContentDisposition reads the file name of a Content-Disposition header (RFC 6266), with
// filename* (RFC 5987) before filename, and reduces it by [BaseName]. The answer is "" if the
// header has no usable name.
func FromContentDisposition(header string) string {
	_, parameters, err := mime.ParseMediaType(header)
	if err != nil {
		return ""
	}
	name, err := BaseName(parameters["filename"])
	if err != nil {
		return ""
	}
	return name
}

// withoutDrive drops drive letters, of which "C:D:x" has two.
func withoutDrive(name string) string {
	for len(name) >= 2 && name[1] == ':' && 'a' <= name[0]|0x20 && name[0]|0x20 <= 'z' {
		name = name[2:]
	}
	return name
}

// printable replaces what Windows forbids, and control, bidi and invisible characters.
func printable(r rune) rune {
	if strings.ContainsRune(forbidden, r) || !unicode.IsPrint(r) {
		return '_'
	}
	return r
}

// trim drops what Windows drops by itself at the end, which would make another name of it, and
// leading dots and hyphens.
func trim(name string) string {
	return strings.TrimLeft(strings.TrimRight(name, " ."), " .-")
}

// shorten cuts the middle out of a name that is too long.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	extension := filepath.Ext(name)
	if len(extension) > maxExtensionBytes {
		extension = ""
	}
	end := maxNameBytes - len(extension)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return trim(name[:end] + extension)
}

// isDevice recognizes the names that Windows reserves for devices, with any extension
// (learn.microsoft.com, Naming Files, Paths, and Namespaces).
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if number, ok := strings.CutPrefix(stem, port); ok && utf8.RuneCountInString(number) == 1 {
			return strings.Contains("0123456789¹²³", number)
		}
	}
	return false
}
