package commands

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// consoleEvent is what Windows sends to the programs of a console instead of a signal.
type consoleEvent uintptr

const (
	ctrlC        = consoleEvent(windows.CTRL_C_EVENT)
	ctrlBreak    = consoleEvent(windows.CTRL_BREAK_EVENT)
	windowClosed = consoleEvent(windows.CTRL_CLOSE_EVENT)
	userLogsOff  = consoleEvent(windows.CTRL_LOGOFF_EVENT)
	shutdown     = consoleEvent(windows.CTRL_SHUTDOWN_EVENT)
)

// Signal makes an event an os.Signal.
func (consoleEvent) Signal() {}

func (e consoleEvent) String() string {
	return map[consoleEvent]string{
		ctrlC: "Ctrl-C", ctrlBreak: "Ctrl-Break", windowClosed: "the window is closed", userLogsOff: "the user logs off", shutdown: "shutdown",
	}[e]
}

// deadlySignals are all events that a console has.
func deadlySignals() []os.Signal {
	return []os.Signal{ctrlC, ctrlBreak, windowClosed, userLogsOff, shutdown}
}

// send lets a process handle an event as Windows does it: by a thread in it that begins at
// CtrlRoutine. Sent to their console, the event would reach this test as well.
func send(p *os.Process, s os.Signal) error {
	event, ok := s.(consoleEvent)
	if !ok {
		event, ok = map[os.Signal]consoleEvent{os.Interrupt: ctrlC, syscall.SIGTERM: windowClosed}[s]
	}
	if !ok {
		return fmt.Errorf("there is no event for %v", s)
	}
	routine := windows.NewLazySystemDLL("kernelbase.dll").NewProc("CtrlRoutine")
	create := windows.NewLazySystemDLL("kernel32.dll").NewProc("CreateRemoteThread")
	if err := routine.Find(); err != nil {
		return err
	}
	var thread uintptr
	var why error
	err := p.WithHandle(func(process uintptr) {
		thread, _, why = create.Call(process, 0, 0, routine.Addr(), uintptr(event), 0, 0)
	})
	if err != nil || thread == 0 {
		return fmt.Errorf("%w, %w", err, why)
	}
	return windows.CloseHandle(windows.Handle(thread))
}
