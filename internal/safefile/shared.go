package safefile

import (
	"os"
	"time"
)

const (
	// longestShared is how long to retry a file that another program has open: cmd/go waits as
	// long (cmd/internal/robustio).
	longestShared = 2 * time.Second
	// mostPause is the longest time between two tries.
	mostPause = 50 * time.Millisecond
)

// retryShared calls do until it succeeds, fails for another reason than that a program has the file
// open just now, or longestShared has passed. Only Windows has that reason: virus scanners and
// indexers open each new file there.
func retryShared(do func() error) error {
	err := do()
	pause := time.Millisecond
	for waited := time.Duration(0); inUse(err) && waited < longestShared; waited += pause {
		time.Sleep(pause)
		pause = min(2*pause, mostPause)
		err = do()
	}
	return err
}

// Open opens a file for reading, as [os.Open] does, and lets other processes replace it meanwhile,
// which Windows refuses for a file that was opened without saying so.
func Open(path string) (*os.File, error) {
	var file *os.File
	err := retryShared(func() (err error) {
		file, err = openShared(path)
		return err
	})
	return file, err
}
