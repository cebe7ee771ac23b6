package flower

import (
	"fmt"
	"regexp"
	"strconv"
)

// Dialect is how the processes of a federation speak to each other. Processes of different
// dialects do not understand each other.
type Dialect string

// The dialects.
const (
	// DialectGRPC has separate ports for the Fleet and the Control API.
	DialectGRPC Dialect = "grpc"
	// DialectHTTP has one port for all APIs of a SuperLink, which differ by path.
	DialectHTTP Dialect = "http"
)

// The minor versions 1.x at which the dialects begin and end. Between them, the Control API
// speaks HTTP and the Fleet API gRPC. Source: the changelog of Flower, 1.35 to 1.42.
const (
	firstGRPC = 36
	lastGRPC  = 36
	firstHTTP = 40
)

// knownVersion is the newest version whose kits are supported.
const knownVersion = "1.42"

var versionForm = regexp.MustCompile(`^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$`)

// DialectOf is the dialect of a version of Flower, such as 1.42.0. Its errors are phrases
// that follow the name of a field.
func DialectOf(version string) (Dialect, error) {
	parts := versionForm.FindStringSubmatch(version)
	if parts == nil {
		return "", fmt.Errorf("is %.60q, which is not a version of Flower, such as 1.42.0", version)
	}
	major, _ := strconv.Atoi(parts[1])
	minor, _ := strconv.Atoi(parts[2])
	switch {
	case major > 1:
		return "", fmt.Errorf("is %s, but kubectl-flare supports Flower 1.36 and 1.40 or later only; update kubectl-flare", version)
	case major < 1 || minor < firstGRPC:
		return "", fmt.Errorf("is %s, which is too old: use Flower 1.36, or 1.40 or later", version)
	case minor <= lastGRPC:
		return DialectGRPC, nil
	case minor < firstHTTP:
		return "", fmt.Errorf("is %s, between the dialects: its Control API speaks HTTP and its Fleet API gRPC; use Flower 1.36, or 1.40 or later", version)
	}
	return DialectHTTP, nil
}
