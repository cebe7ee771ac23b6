// Command architecture draws the picture in docs/architecture.md from the
// imports of the code: `make docs` rewrites it, and a test fails when it is
// out of date.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
)

// page is the file with the picture, from the repository's root.
const page = "docs/architecture.md"

// The lines that enclose the picture.
const (
	begin = "<!-- The picture is generated: run `make docs`. -->\n"
	end   = "<!-- End of the picture. -->\n"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := write(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func write(ctx context.Context) error {
	before, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	after, err := redraw(ctx, ".", before)
	if err != nil {
		return err
	}
	return os.WriteFile(page, after, 0o644)
}

// redraw puts the picture of the code below root in the place of the page's.
func redraw(ctx context.Context, root string, text []byte) ([]byte, error) {
	head, rest, found := bytes.Cut(text, []byte(begin))
	_, tail, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return nil, errors.New(page + ": the two comments that enclose the picture are missing")
	}
	imports, err := list(ctx, root)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{head, []byte(begin), []byte(draw(imports)), []byte(end), tail}, nil), nil
}
