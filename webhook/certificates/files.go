package certificates

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"k8s.io/utils/clock"
)

// poll is how often the files are read even if no event says that they changed:
// notifications get lost on some file systems.
const poll = 500 * time.Millisecond

// Files takes the certificate from two files, as cert-manager's Secret brings
// them into a pod.
type Files struct {
	current
	certificate, key string
	clock            clock.WithTicker
	complain         func(error)
	seen             [sha256.Size]byte
}

// NewFiles makes a source of tls.crt and tls.key in a folder. complain is given
// what is wrong with new files, while the old certificate stays in use.
func NewFiles(dir string, clk clock.WithTicker, complain func(error)) *Files {
	return &Files{
		certificate: filepath.Join(dir, "tls.crt"), key: filepath.Join(dir, "tls.key"),
		clock: clk, complain: complain,
	}
}

// Run implements Source. It watches the folder and not the files: a Secret's
// files are links, and what they lead to is swapped as a whole.
func (f *Files) Run(ctx context.Context) error {
	var events chan fsnotify.Event
	if watcher, err := fsnotify.NewWatcher(); err == nil {
		defer func() { _ = watcher.Close() }()
		if watcher.Add(filepath.Dir(f.certificate)) == nil {
			events = watcher.Events
		}
	}
	ticker := f.clock.NewTicker(poll)
	defer ticker.Stop()
	var last string
	for {
		if err := f.load(); err != nil && err.Error() != last {
			last = err.Error()
			f.complain(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
		case <-events:
		}
	}
}

// load compares everything that the files hold: a chain may change while its
// leaf stays.
func (f *Files) load() error {
	certificate, err := os.ReadFile(f.certificate)
	if err != nil {
		return readError(err)
	}
	key, err := os.ReadFile(f.key)
	if err != nil {
		return readError(err)
	}
	sum := sha256.Sum256(bytes.Join([][]byte{certificate, key}, []byte{0}))
	if sum == f.seen {
		return nil
	}
	// Between the writing of the two files they do not belong together: then the
	// next look finds them.
	if err := f.use(certificate, key); err != nil {
		return err
	}
	f.seen = sum
	return nil
}

func readError(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", errNone, err)
	}
	return fmt.Errorf("the serving certificate cannot be read: %w", err)
}
