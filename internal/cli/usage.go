package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/report"
)

// status ends a command with an exit status; whatever there was to say has
// been printed.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// exit returns what ends a command with the status.
func exit(s int) error {
	if s == report.ExitOK {
		return nil
	}
	return status(s)
}

// usageError is a command that was written wrongly: exit status 2.
type usageError struct {
	err  error
	help string // the command whose help explains it; empty if none does
}

func (u *usageError) Error() string { return u.err.Error() }
func (u *usageError) Unwrap() error { return u.err }

func usage(c *cobra.Command, format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...), help: c.CommandPath()}
}

// hinted is an error with what to try next.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// complain prints an error for people and returns the exit status that it
// stands for. A usage error is one line; a file's errors are a line each,
// beginning with their place.
func complain(w io.Writer, err error) int {
	if all, ok := errors.AsType[config.Errors](err); ok {
		for _, e := range all {
			fmt.Fprintln(w, e)
		}
		return report.ExitUsage
	}
	if e, ok := errors.AsType[*config.Error](err); ok && e.Line > 0 {
		fmt.Fprintln(w, e)
		return report.ExitUsage
	}
	if u, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(w, "postern: %v", u.err)
		if u.help != "" {
			fmt.Fprintf(w, " (see \"%s --help\")", u.help)
		}
		fmt.Fprintln(w)
		return report.ExitUsage
	}
	fmt.Fprintf(w, "postern: %v\n", err)
	if h, ok := errors.AsType[hinted](err); ok {
		fmt.Fprintf(w, "hint: %s\n", h.hint)
	}
	return report.ExitFailed
}

// flagError turns a complaint about a flag into a usage error that names the
// nearest flag.
func flagError(c *cobra.Command, err error) error {
	named, ok := errors.AsType[interface {
		error
		GetSpecifiedName() string
	}](err)
	if !ok || c.Flags().Lookup(named.GetSpecifiedName()) != nil || !strings.HasPrefix(err.Error(), "unknown flag") {
		return usage(c, "%w", err)
	}
	name := named.GetSpecifiedName()
	if near := config.Nearest(name, flagNames(c)); near != "" {
		return usage(c, "unknown flag --%s; did you mean --%s?", name, near)
	}
	return usage(c, "unknown flag --%s", name)
}

func unknownCommand(c *cobra.Command, word string) error {
	if near := config.Nearest(word, commandNames(c)); near != "" {
		return usage(c, "unknown command %q; did you mean %q?", word, c.CommandPath()+" "+near)
	}
	return usage(c, "unknown command %q", word)
}

// noArgs is for commands that take flags only.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(c, "%q takes no argument, and %q is one", c.CommandPath(), args[0])
	}
	return nil
}
