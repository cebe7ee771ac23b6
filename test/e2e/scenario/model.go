package scenario

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
)

// Expected is the model that the numpy-fedavg job must come to: it starts from 1
// to 9; in each of 3 rounds site-1 adds 1 and Site_2 adds 3, and their mean is
// taken.
func Expected() []float64 {
	return []float64{7, 8, 9, 10, 11, 12, 13, 14, 15}
}

var (
	npyDescr = regexp.MustCompile(`'descr': '<f([48])'`)
	npyShape = regexp.MustCompile(`'shape': \((\d+), (\d+)\)`)
)

// ReadModel reads a two-dimensional array of floating-point numbers from a .npy file of
// format version 1 and returns its values row by row. Source of the format:
// numpy's NEP 1.
func ReadModel(path string) ([]float64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(data, []byte("\x93NUMPY\x01\x00"))
	if !ok || len(rest) < 2 {
		return nil, fmt.Errorf("%s: not a .npy file of version 1", path)
	}
	length := int(binary.LittleEndian.Uint16(rest))
	if len(rest) < 2+length {
		return nil, fmt.Errorf("%s: ends within its header", path)
	}
	values, err := decode(string(rest[2:2+length]), rest[2+length:])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

func decode(header string, body []byte) ([]float64, error) {
	kind, shape := npyDescr.FindStringSubmatch(header), npyShape.FindStringSubmatch(header)
	if kind == nil || shape == nil {
		return nil, fmt.Errorf("unexpected header %q", header)
	}
	size, _ := strconv.Atoi(kind[1])
	rows, _ := strconv.Atoi(shape[1])
	columns, _ := strconv.Atoi(shape[2])
	if len(body) != size*rows*columns {
		return nil, errors.New("its size does not fit its shape")
	}
	values := make([]float64, 0, rows*columns)
	for number := range slices.Chunk(body, size) {
		if size == 4 {
			values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(number))))
		} else {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(number)))
		}
	}
	return values, nil
}
