package nvflare

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// logging evaluates log_config.json, which NVFLARE gives to Python's logging.config.
// dictConfig: that calls every factory by its name, and imports what a value that begins
// with ext:// names. Source: nvflare/fuel/utils/log_utils.py, 2.9.0, and Python 3.14's
// library reference, logging.config.
func (s *checkedFile) logging(root map[string]any) {
	s.only("", root, "version", "incremental", "disable_existing_loggers", "formatters", "filters", "handlers", "loggers", "root")
	s.objects(root, "formatters", s.formatter)
	s.objects(root, "filters", s.filter)
	s.objects(root, "handlers", s.handler)
	s.objects(root, "loggers", s.logger)
	if value, ok := root["root"]; ok {
		if object, ok := value.(map[string]any); ok {
			s.logger("root", object)
		} else {
			s.bad("root", "must be an object")
		}
	}
}

const logUtils = "nvflare.fuel.utils.log_utils."

func (s *checkedFile) formatter(at string, object map[string]any) {
	s.only(at, object, "()", "class", "fmt", "format", "datefmt", "style", "validate", "level_colors", "logger_colors")
	for _, key := range []string{"()", "class"} {
		s.factory(at, object, key, "logging.Formatter", logUtils+"BaseFormatter", logUtils+"ColorFormatter", logUtils+"JsonFormatter")
	}
	// The other styles read attributes of objects, and items of dictionaries.
	if style, ok := object["style"]; ok && style != "%" {
		s.bad(below(at, "style"), `must be "%%"`)
	}
	s.plain(at, object)
}

func (s *checkedFile) filter(at string, object map[string]any) {
	s.only(at, object, "()", "name", "logger_names", "exclude_logger_names", "allow_all_error_logs")
	s.factory(at, object, "()", "logging.Filter", logUtils+"LoggerNameFilter", logUtils+"ConciseLogFilter")
	s.plain(at, object)
}

// logFile is the form of the name of a log file. NVFLARE puts it into the workspace, from
// which it also reads settings, so that other names could replace them.
var logFile = regexp.MustCompile(`^[A-Za-z0-9_]*log[A-Za-z0-9_]*\.(txt|log|json)$`)

func (s *checkedFile) handler(at string, object map[string]any) {
	s.only(at, object, "class", "level", "formatter", "filters", "stream", "filename", "mode", "maxBytes", "backupCount", "delay", "encoding", "when", "interval", "utc")
	s.factory(at, object, "class", "logging.StreamHandler", "logging.FileHandler", "logging.NullHandler",
		"logging.handlers.RotatingFileHandler", "logging.handlers.TimedRotatingFileHandler")
	rest := make(map[string]any, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value := object[key]
		text, _ := value.(string)
		switch key {
		case "stream":
			if text != "ext://sys.stdout" && text != "ext://sys.stderr" {
				s.bad(below(at, key), "%s must be ext://sys.stdout or ext://sys.stderr", quoted(value))
			}
		case "filename":
			if !logFile.MatchString(text) {
				s.bad(below(at, key), "%s must be a name such as log.txt, without a folder", quoted(value))
			}
		case "encoding":
			if !slices.Contains([]string{"utf-8", "utf8", "UTF-8"}, text) {
				s.bad(below(at, key), "%s must be utf-8", quoted(value))
			}
		default:
			rest[key] = value
		}
	}
	s.plain(at, rest)
}

func (s *checkedFile) logger(at string, object map[string]any) {
	s.only(at, object, "level", "handlers", "filters", "propagate")
	s.plain(at, object)
}

// factory requires that a field, if it is set, names one of these callables.
func (s *checkedFile) factory(at string, object map[string]any, key string, known ...string) {
	value, ok := object[key]
	if !ok {
		return
	}
	if name, _ := value.(string); !slices.Contains(known, name) {
		s.bad(below(at, key), "%s is not one of %s", quoted(value), strings.Join(known, ", "))
	}
}

// converted is the form of a value that dictConfig converts: ext:// and cfg://.
var converted = regexp.MustCompile(`^[a-z]+://`)

// plain requires that dictConfig converts no value.
func (s *checkedFile) plain(at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			s.plain(below(at, key), v[key])
		}
	case []any:
		for _, one := range v {
			s.plain(at, one)
		}
	case string:
		if converted.MatchString(v) {
			s.bad(at, "%s would be replaced by an object of another module", quoted(v))
		}
	}
}
