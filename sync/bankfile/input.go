package bankfile

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

const headSize = 64 << 10

// input is the file being read: counted, hashed, cut off at the limit, and stopped with its context.
type input struct {
	*bufio.Reader
	src *countedReader
}

type countedReader struct {
	ctx  context.Context
	r    io.ReadSeeker
	sum  hash.Hash
	n    int64
	most int64
	// summed is how much of the file is in the sum.
	summed int64
}

func newInput(ctx context.Context, r io.ReadSeeker, most int64) *input {
	c := &countedReader{ctx: ctx, r: r, sum: sha256.New(), most: most}
	return &input{bufio.NewReaderSize(c, headSize), c}
}

func (c *countedReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	// What is read again is not summed up again.
	if fresh := c.n + int64(n) - c.summed; fresh > 0 {
		c.sum.Write(p[int64(n)-fresh : n])
		c.summed += fresh
	}
	c.n += int64(n)
	if c.n > c.most {
		return n, refuse(fmt.Sprintf("larger than %d MB", c.most>>20),
			"export a shorter period")
	}
	return n, err
}

// rewind goes back to the beginning of the file, to read it a second time.
func (in *input) rewind() error {
	if _, err := in.src.r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in.src.n = 0
	in.Reset(in.src)
	return nil
}

// head is the beginning of the file, or the reader's error where there is none.
func (in *input) head() ([]byte, error) {
	b, err := in.Peek(headSize)
	if len(b) == 0 && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, nil
}

// finish reads what is left and gives the digest and size of the whole.
func (in *input) finish() (string, int64, error) {
	if _, err := io.Copy(io.Discard, in); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(in.src.sum.Sum(nil)), in.src.n, nil
}
