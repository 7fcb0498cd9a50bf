package report

// Exit statuses of every command.
const (
	ExitOK          = 0   // as intended, pending included
	ExitFailed      = 1   // something failed, or there is nothing to work on
	ExitUsage       = 2   // the command or its configuration is wrong
	ExitDifference  = 3   // a difference, or an unhealthy finding
	ExitHeld        = 4   // a guard held or refused something
	ExitInterrupted = 130 // stopped by a signal: 128 and SIGINT's number
)

// ExitOptions are the settings that an exit status depends on.
type ExitOptions struct {
	AllowEmpty bool // a pass without a link is as intended
}

// Exit returns the exit status of a pass. Of several causes the first in this
// order counts: failed, held or refused, a difference (of a dry run), none.
// A link that is gone is no cause, and is no link either.
func Exit(d Sync, o ExitOptions) int {
	sum := d.Summary
	failed := len(d.Errors) > 0 || sum.Failed > 0
	for _, s := range d.Scopes {
		failed = failed || len(s.Errors) > 0
	}
	switch {
	case failed, sum.Links == sum.Gone && !o.AllowEmpty:
		return ExitFailed
	case sum.Held > 0, sum.Refused > 0:
		return ExitHeld
	case d.DryRun && sum.Changed > 0:
		return ExitDifference
	}
	return ExitOK
}
