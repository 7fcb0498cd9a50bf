package config

import (
	"fmt"
	"log/slog"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/plan"
	"postern/internal/resolve"
)

// A value reads and writes one setting as text. A list has a text for each
// element, everything else exactly one.
type value interface {
	kind() string
	texts() []string
	set(texts []string) *Error // never keeps half of a list
	split(text string) []string
}

// Kinds of settings, as the reference page and the file's errors name them.
const (
	kindString   = "string"
	kindBool     = "bool"
	kindNumber   = "number"
	kindDuration = "duration"
	kindList     = "list"
)

// scalar is a value with one text.
type scalar[T any] struct {
	at    *T
	is    string
	parse func(string) (T, *Error)
	text  func(T) string
}

func (v scalar[T]) kind() string               { return v.is }
func (v scalar[T]) texts() []string            { return []string{v.text(*v.at)} }
func (v scalar[T]) split(text string) []string { return []string{text} }

func (v scalar[T]) set(texts []string) *Error {
	got, err := v.parse(texts[len(texts)-1]) // a repeated flag: the last one counts
	if err == nil {
		*v.at = got
	}
	return err
}

// sequence is a value with a text for each element.
type sequence[T ~string] struct {
	at    *[]T
	parse func(string) (T, *Error)
	cut   func(string) []string
}

func (v sequence[T]) kind() string { return kindList }

func (v sequence[T]) texts() []string {
	texts := make([]string, 0, len(*v.at))
	for _, e := range *v.at {
		texts = append(texts, string(e))
	}
	return texts
}

func (v sequence[T]) split(text string) []string { return v.cut(text) }

func (v sequence[T]) set(texts []string) *Error {
	var all []T
	for _, text := range texts {
		e, err := v.parse(text)
		if err != nil {
			return err
		}
		if slices.Contains(all, e) {
			return fault("%q is there twice", e).hint("name it once")
		}
		all = append(all, e)
	}
	*v.at = all
	return nil
}

func one(at *string, parse func(string) (string, *Error)) value {
	return scalar[string]{at, kindString, parse, func(s string) string { return s }}
}

func boolean(at *bool) value {
	return scalar[bool]{at, kindBool, parseBool, strconv.FormatBool}
}

func duration(at *time.Duration) value {
	return scalar[time.Duration]{at, kindDuration, parseDuration, time.Duration.String}
}

// period is a duration that has a lower bound.
func period(at *time.Duration, least time.Duration) value {
	return scalar[time.Duration]{at, kindDuration, func(s string) (time.Duration, *Error) {
		d, err := parseDuration(s)
		if err == nil && d < least {
			return 0, fault("%q is too short", s).hint("write a duration from %s on", least)
		}
		return d, err
	}, time.Duration.String}
}

func integer(at *int, least int) value {
	return scalar[int]{at, kindNumber, func(s string) (int, *Error) { return parseInt(s, least) }, strconv.Itoa}
}

func share(at *float64) value {
	return scalar[float64]{at, kindNumber, parseShare, func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }}
}

func level(at *slog.Level) value {
	return scalar[slog.Level]{at, kindString, parseLevel, func(l slog.Level) string { return strings.ToLower(l.String()) }}
}

func list[T ~string](at *[]T, parse func(string) (T, *Error)) value {
	return sequence[T]{at, parse, commas}
}

// resolvers is a list whose elements may end in ",vpc": such an ending
// belongs to the element before it, not to the list.
func resolvers(at *[]string) value {
	return sequence[string]{at, parseResolver, func(text string) []string {
		var all []string
		for _, e := range commas(text) {
			if e == "vpc" && len(all) > 0 {
				all[len(all)-1] += ",vpc"
				continue
			}
			all = append(all, e)
		}
		return all
	}}
}

// commas splits at commas and trims spaces.
func commas(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func parseText(s string) (string, *Error) {
	if s == "" {
		return "", fault("the value is empty").hint("leave the setting out instead")
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
		return "", fault("%q has a control character", s).hint("write it on one line, without tabs")
	}
	return s, nil
}

func parseBool(s string) (bool, *Error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fault("%q is neither true nor false", s).hint("write true or false")
}

func parseDuration(s string) (time.Duration, *Error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil && onlyDigits(s):
		return 0, fault("%q is a duration without a unit", s).hint("write %ss for seconds, or %sm for minutes", s, s)
	case err != nil:
		return 0, fault("%q is not a duration", s).hint("write a number with a unit, such as 90s, 2m or 1h30m")
	case d <= 0:
		return 0, fault("%q is not longer than zero", s).hint("write a positive duration, such as 120s")
	}
	return d, nil
}

func parseInt(s string, least int) (int, *Error) {
	const most = 1_000_000 // far above any use; keeps sums of settings out of overflow
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || strings.HasPrefix(s, "+"):
		return 0, fault("%q is not a whole number", s).hint("write digits only, such as %d", max(least, 1))
	case n < least:
		return 0, fault("%d is below %d", n, least).hint("write %d or more", least)
	case n > most:
		return 0, fault("%d is above %d", n, most).hint("write a smaller number")
	}
	return n, nil
}

func parseShare(s string) (float64, *Error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1 {
		return 0, fault("%q is not a share between 0 and 1", s).hint("write a number such as 0.3; 0 turns pacing off")
	}
	if f == 0 {
		f = 0 // minus zero
	}
	return f, nil
}

func parseLevel(s string) (slog.Level, *Error) {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	for _, l := range levels {
		if strings.ToLower(l.String()) == s {
			return l, nil
		}
	}
	return 0, fault("%q is not a log level", s).hint("write debug, info, warn or error")
}

func parseWitness(s string) (plan.WitnessName, *Error) {
	if s == string(plan.DNS) || s == string(plan.ENI) {
		return plan.WitnessName(s), nil
	}
	return "", fault("%q is not a witness", s).hint("write dns, eni or both: dns,eni")
}

// parseTagKey follows AWS's rule for the keys of tags.
// Source: Resource Groups Tagging API Reference, TagResources, tag key.
func parseTagKey(s string) (string, *Error) {
	if _, err := parseText(s); err != nil {
		return "", err
	}
	if len([]rune(s)) > 128 || strings.HasPrefix(strings.ToLower(s), "aws:") {
		return "", fault("%q cannot be the key of a tag", s).hint("a key has up to 128 characters and does not begin with aws:")
	}
	return s, nil
}

// parseExternalID follows STS's rule.
// Source: AWS STS API Reference, AssumeRole, ExternalId.
func parseExternalID(s string) (string, *Error) {
	if len(s) > 1224 || !externalID.MatchString(s) {
		return "", fault("%q is not an external id", s).hint("it has 2 to 1224 letters, digits and _+=,.@:/-")
	}
	return s, nil
}

// parseRole reads the ARN of an IAM role.
// Source: IAM User Guide, IAM identifiers.
func parseRole(s string) (string, *Error) {
	if !roleARN.MatchString(s) {
		return "", fault("%q is not the ARN of a role", s).hint("write it like arn:aws:iam::222222222222:role/postern-sync")
	}
	return s, nil
}

func parseAccount(s string) (plan.AccountID, *Error) {
	if !plan.ValidAccount(s) {
		return "", fault("%q is not an account number", s).hint(`it has twelve digits and stands in quotes, like "222222222222"`)
	}
	return plan.AccountID(s), nil
}

func parseRegion(s string) (plan.Region, *Error) {
	if !plan.ValidRegion(s) {
		return "", fault("%q is not the name of a region", s).hint("write it like us-east-1")
	}
	return plan.Region(s), nil
}

func parseVPC(s string) (string, *Error) {
	if !vpcID.MatchString(s) {
		return "", fault("%q is not the ID of a VPC", s).hint("write it like vpc-0123456789abcdef0")
	}
	return s, nil
}

var (
	externalID = regexp.MustCompile(`^[A-Za-z0-9_+=,.@:/-]{2,}$`)
	roleARN    = regexp.MustCompile(`^arn:aws[a-z-]{0,12}:iam::([0-9]{12}):role/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$`)
	vpcID      = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
)

// oneOf reads one of a few words.
func oneOf(words ...string) func(string) (string, *Error) {
	return func(s string) (string, *Error) {
		if slices.Contains(words, s) {
			return s, nil
		}
		e := fault("%q is not one of %s", s, strings.Join(words, ", "))
		if near := Nearest(s, words); near != "" {
			return "", e.hint("did you mean %s?", near)
		}
		return "", e.hint("write %s", strings.Join(words, " or "))
	}
}

func onlyDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fault returns an error whose place the caller fills in.
func fault(format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...)}
}

// parseResolver keeps a server's full text, with its port.
func parseResolver(s string) (string, *Error) {
	server, err := resolve.ParseServer(s)
	if err != nil {
		return "", fault("%v", err)
	}
	return server.String(), nil
}
