package commands

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ownConsole is the variable that has TestConsole run the program in the console that it has made.
const ownConsole = "TEST_IN_CONSOLE"

// TestConsole: a console shows names as they are, although its code page has other characters; and
// a command there is one at a terminal.
func TestConsole(t *testing.T) {
	if os.Getenv(ownConsole) != "" {
		if err := runInConsole("feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-O", "größe-日本.zip"); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	b := keepBooks(t, nil)
	seen := b.inConsole("-test.run=^TestConsole$")
	// At a terminal the sum is cut.
	if !regexp.MustCompile(`Saved größe-日本\.zip \(1\.2 KiB, sha256 [0-9a-f]{12}…\)`).MatchString(seen) {
		t.Errorf("a person sees\n%q", seen)
	}
}

// runInConsole runs the program on this process's console, as a shell there does.
func runInConsole(args ...string) error {
	if err := windows.SetConsoleOutputCP(850); err != nil {
		return err
	}
	screen, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	cmd := exec.Command("progetctl", args...)
	cmd.Stdout, cmd.Stderr = screen, screen
	return cmd.Run()
}

// inConsole runs this test binary in a console of its own, and returns what is drawn there.
func (b *bookkeeping) inConsole(args ...string) string {
	b.t.Helper()
	must := func(err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatal(err)
		}
	}
	var input, typing, drawing, output, console windows.Handle
	must(windows.CreatePipe(&input, &typing, nil, 0))
	must(windows.CreatePipe(&drawing, &output, nil, 0))
	must(windows.CreatePseudoConsole(windows.Coord{X: 120, Y: 30}, input, output, 0, &console))
	attributes, err := windows.NewProcThreadAttributeList(1)
	must(err)
	defer attributes.Delete()
	must(attributes.Update(windows.PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, *(*unsafe.Pointer)(unsafe.Pointer(&console)), unsafe.Sizeof(console)))
	self, err := os.Executable()
	must(err)
	command, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(append([]string{self}, args...)))
	must(err)
	folder, err := windows.UTF16PtrFromString(b.dir)
	must(err)
	start := windows.StartupInfoEx{ProcThreadAttributeList: attributes.List()}
	start.Cb = uint32(unsafe.Sizeof(start))
	var process windows.ProcessInformation
	must(windows.CreateProcess(nil, command, nil, nil, false, windows.EXTENDED_STARTUPINFO_PRESENT|windows.CREATE_UNICODE_ENVIRONMENT,
		environmentBlock(append(b.env, ownConsole+"=1", "PATH="+os.Getenv("PATH"), "SystemRoot="+os.Getenv("SystemRoot"))), folder, &start.StartupInfo, &process))
	drawn := make(chan string)
	go func() {
		text, _ := io.ReadAll(os.NewFile(uintptr(drawing), "console"))
		drawn <- string(text)
	}()
	_, err = windows.WaitForSingleObject(process.Process, windows.INFINITE)
	must(err)
	windows.ClosePseudoConsole(console) // ends what is drawn
	for _, h := range []windows.Handle{input, output, typing, process.Process, process.Thread} {
		must(windows.CloseHandle(h))
	}
	return <-drawn
}

// environmentBlock is an environment as CreateProcess takes it.
func environmentBlock(environ []string) *uint16 {
	var block []uint16
	for _, pair := range environ {
		word, err := windows.UTF16FromString(pair)
		if err != nil {
			continue
		}
		block = append(block, word...)
	}
	return &append(block, 0)[0]
}
