package source

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// The flags and sizes of encrypted entries. Source: PKWARE's APPNOTE.TXT 6.3.10, sections
// 4.4.4 and 6.1. Web pages that hand out kits make such archives with `zip -P`, and archive/zip
// reads none.
const (
	flagEncrypted  = 0x1
	flagDescriptor = 0x8
	flagStrong     = 0x40
	cryptHeader    = 12
	methodAES      = 99
)

var (
	errWrongPIN   = errors.New("the PIN is wrong")
	errLargeEntry = errors.New("it is too large for a kit")
)

// decrypt gives the content of an entry, which has at most so many bytes.
func decrypt(f *zip.File, pin []byte, most int64) ([]byte, error) {
	if f.Method == methodAES || f.Flags&flagStrong != 0 {
		return nil, errors.New("it is encrypted with AES: unpack the archive and give the folder")
	}
	if f.Flags&flagEncrypted == 0 {
		plain, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer func() { _ = plain.Close() }()
		return readMost(plain, most)
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	stream := newCipher(raw, pin)
	if err := stream.open(f); err != nil {
		return nil, err
	}
	var content io.Reader = stream
	switch f.Method {
	case zip.Store:
	case zip.Deflate:
		content = flate.NewReader(stream)
	default:
		return nil, fmt.Errorf("its compression method %d is not known", f.Method)
	}
	data, err := readMost(content, most)
	if errors.Is(err, errLargeEntry) {
		return nil, err
	}
	if err != nil || crc32.ChecksumIEEE(data) != f.CRC32 {
		return nil, errWrongPIN
	}
	return data, nil
}

func readMost(in io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(data)) > most {
		err = errLargeEntry
	}
	return data, err
}

// cipher decrypts PKWARE's traditional encryption. It protects nothing by today's standards:
// what it hides is not a secret.
type cipher struct {
	in   io.Reader
	keys [3]uint32
}

func newCipher(in io.Reader, password []byte) *cipher {
	c := &cipher{in: in, keys: [3]uint32{0x12345678, 0x23456789, 0x34567890}}
	for _, b := range password {
		c.update(b)
	}
	return c
}

// open reads the header, whose last byte says whether the password is right, but for one
// wrong password in 256.
func (c *cipher) open(f *zip.File) error {
	var header [cryptHeader]byte
	if _, err := io.ReadFull(c, header[:]); err != nil {
		return err
	}
	want := byte(f.CRC32 >> 24)
	if f.Flags&flagDescriptor != 0 {
		want = byte(f.ModifiedTime >> 8)
	}
	if header[cryptHeader-1] != want {
		return errWrongPIN
	}
	return nil
}

// Read implements io.Reader.
func (c *cipher) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	for i := range p[:n] {
		p[i] ^= c.next()
		c.update(p[i])
	}
	return n, err
}

func (c *cipher) next() byte {
	t := c.keys[2] | 2
	return byte(t * (t ^ 1) >> 8) //nolint:gosec // the byte is what is wanted of the product
}

func (c *cipher) update(plain byte) {
	c.keys[0] = crc32Byte(c.keys[0], plain)
	c.keys[1] = (c.keys[1]+c.keys[0]&0xff)*134775813 + 1
	c.keys[2] = crc32Byte(c.keys[2], byte(c.keys[1]>>24))
}

// crc32Byte is one step of CRC-32, without the inversions around it.
func crc32Byte(crc uint32, b byte) uint32 {
	return crc32.IEEETable[byte(crc&0xff)^b] ^ crc>>8
}
