package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Formats of a time, as the models name them.
const (
	timeISO  = "iso8601"
	timeHTTP = "rfc822"
	timeUnix = "unixTimestamp"
)

var (
	timeType = reflect.TypeFor[time.Time]()
	blobType = reflect.TypeFor[[]byte]()
)

// isStruct reports whether t is a generated struct, and not a time.
func isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != timeType }

// isScalar reports whether a value of type t is one string on the wire.
func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return true
	}
	return t == timeType || t == blobType
}

// setScalar parses s into v, which is settable and of a scalar type.
func setScalar(v reflect.Value, s, format string) error {
	switch t := v.Type(); {
	case t == timeType:
		at, err := parseTime(s, format)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(at))
	case t == blobType:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return errors.New("not base64")
		}
		v.SetBytes(b)
	case t.Kind() == reflect.String:
		v.SetString(s)
	case t.Kind() == reflect.Bool:
		switch strings.ToLower(s) { // clients write true, boto3 too; some people True
		case "true":
			v.SetBool(true)
		case "false":
			v.SetBool(false)
		default:
			return fmt.Errorf("%q is neither true nor false", s)
		}
	case t.Kind() == reflect.Int32, t.Kind() == reflect.Int64:
		n, err := strconv.ParseInt(s, 10, t.Bits())
		if err != nil {
			return fmt.Errorf("%q is not a whole number of %d bits", s, t.Bits())
		}
		v.SetInt(n)
	default:
		n, err := parseFloat(s, t.Bits())
		if err != nil {
			return err
		}
		v.SetFloat(n)
	}
	return nil
}

// formatScalar is the opposite of setScalar.
func formatScalar(v reflect.Value, format string) string {
	switch t := v.Type(); {
	case t == timeType:
		return formatTime(v.Interface().(time.Time), format)
	case t == blobType:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	case t.Kind() == reflect.String:
		return v.String()
	case t.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case t.Kind() == reflect.Int32, t.Kind() == reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	default:
		return formatFloat(v.Float(), t.Bits())
	}
}

// Floats that JSON and XML write as words.
// Source: Smithy specification, simple types, float.
func formatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func parseFloat(s string, bits int) (float64, error) {
	switch s {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	f, err := strconv.ParseFloat(s, bits)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return f, nil
}

// AWS gives times to the millisecond.
const isoMillis = "2006-01-02T15:04:05.999Z"

func formatTime(t time.Time, format string) string {
	t = t.UTC()
	switch format {
	case timeHTTP:
		return t.Format(http.TimeFormat)
	case timeUnix:
		return unixSeconds(t)
	default:
		return t.Format(isoMillis)
	}
}

// unixSeconds writes seconds since 1970 with up to three decimals.
func unixSeconds(t time.Time) string {
	ms := t.UnixMilli()
	if ms%1000 == 0 {
		return strconv.FormatInt(ms/1000, 10)
	}
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return strings.TrimRight(fmt.Sprintf("%s%d.%03d", sign, ms/1000, ms%1000), "0")
}

func parseTime(s, format string) (time.Time, error) {
	switch format {
	case timeHTTP:
		t, err := http.ParseTime(s)
		if err != nil {
			return t, fmt.Errorf("%q is not an HTTP date", s)
		}
		return t.UTC(), nil
	case timeUnix:
		f, err := parseFloat(s, 64)
		// The years 1 to 9999: beyond them a time has no text.
		if err != nil || math.IsNaN(f) || f < -62135596800 || f >= 253402300800 {
			return time.Time{}, fmt.Errorf("%q is not a time in seconds", s)
		}
		return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
	default:
		t, err := time.Parse(time.RFC3339Nano, s)
		t = t.UTC()
		// An offset may lead out of the years that have a text.
		if err != nil || t.Year() < 0 || t.Year() > 9999 {
			return t, fmt.Errorf("%q is not an ISO 8601 time", s)
		}
		return t, nil
	}
}

// sortedKeys returns a string map's keys in order, so that output is stable.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	return keys
}

// target returns the settable value behind a member: the new value that its
// pointer points to, or the member itself.
func target(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Pointer {
		return v
	}
	v.Set(reflect.New(v.Type().Elem()))
	return v.Elem()
}
