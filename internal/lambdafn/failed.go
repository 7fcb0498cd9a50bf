package lambdafn

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/plan"
	"postern/internal/report"
)

// Codes of failures that are not a pass's own, whose codes are the reports'.
const (
	ConfigInvalid plan.Code = "config_invalid" // the function's environment cannot be used
	EventInvalid  plan.Code = "event_invalid"  // the scopes that an event names cannot be used
)

// FailedError says that an invocation failed as a whole: a pass or a scope of
// it, not merely a link.
type FailedError struct {
	Code    plan.Code
	Message string // what happened to which object
	Hint    string // what to try next
	More    int    // further faults; they are in the log
}

// maxText bounds an error's text, which may quote an event.
const maxText = 2000

// Error returns all of it on one line, up to 2000 bytes.
func (e *FailedError) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	if e.More > 0 {
		s += fmt.Sprintf(" (and %d more: see the log)", e.More)
	}
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "..."
	}
	return s
}

// unread are the codes of links of which AWS gave nothing to read.
var unread = map[plan.Code]bool{
	plan.AccessDenied: true, plan.Throttled: true, plan.NoCredentials: true, plan.AWSUnreachable: true,
	plan.AWSError: true, plan.AWSAnswer: true, plan.Interrupted: true,
}

// failure says why a pass failed as a whole, or returns nil: an error of the
// pass, one of a scope, or no link at all that could be read.
func failure(doc report.Sync) error {
	all := append([]report.Error{}, doc.Errors...)
	for _, s := range doc.Scopes {
		for _, e := range s.Errors {
			if name := string(s.Account) + "/" + string(s.Region); !strings.Contains(e.Message, string(s.Region)) {
				e.Message = "scope " + name + ": " + e.Message
			}
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		all = nothingRead(doc.Links)
	}
	if len(all) == 0 {
		return nil
	}
	// That the time ran out says least: something else may have used it up.
	slices.SortStableFunc(all, func(a, b report.Error) int { return outOfTime(a) - outOfTime(b) })
	return &FailedError{Code: all[0].Code, Message: all[0].Message, Hint: all[0].Hint, More: len(all) - 1}
}

// outOfTime is 1 for an error that only says that the time ran out.
func outOfTime(e report.Error) int {
	if e.Code == plan.Interrupted {
		return 1
	}
	return 0
}

// nothingRead returns the first fault of each link, if none of them could be
// read.
func nothingRead(links []report.Link) []report.Error {
	var faults []report.Error
	for _, l := range links {
		switch {
		case l.Result == plan.Gone:
		case l.Result == plan.Failed && l.Targets == nil && unread[l.Reason]:
			e := l.Errors[0]
			e.Message = "no link could be read: " + l.Ref + ": " + e.Message
			faults = append(faults, e)
		default:
			return nil
		}
	}
	return faults
}
