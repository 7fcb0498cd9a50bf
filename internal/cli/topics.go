package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/config"
)

// newExitCodes is the help topic exit-codes.
func newExitCodes() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "what the exit statuses mean",
		Long: `The exit status is the same whatever --output says.

    0  as intended; a link that only has to wait is as intended too
    1  something failed or could not be looked at, or no link was found (sync
       --allow-empty accepts that)
    2  the command or its configuration is wrong; nothing was done
    3  a difference, found by --dry-run; something that is not healthy, found by
       status or trace; a link that is not complete, found by inventory
    4  a guard held something back, or an address was refused; unlink was not
       said yes to
  130  interrupted

If several apply, the first of 2, 1, 4, 3, 0 counts. "postern lab exec" ends
with the status of the command that it runs: 126 if it cannot be run, 127 if
there is none of that name, and 128 and the signal's number if a signal ended
it.`,
	}
}

// newEnvironment is the help topic environment.
func newEnvironment() *cobra.Command {
	var b strings.Builder
	b.WriteString(`A flag goes before its environment variable, that before the configuration
file, that before the default. An empty variable counts as not set; lists are
written with commas, booleans as true or false.

`)
	line := func(name, meaning string) { fmt.Fprintf(&b, "  %-26s %s\n", name, meaning) }
	line(config.FileVariable, "name of the configuration file, as --config")
	for _, s := range config.Settings() {
		line(s.Env(), "--"+s.Flag)
	}
	line("POSTERN_LAB", "address of the running lab, for the lab's commands")
	line("POSTERN_LAB_TOKEN", "token of that lab, where its token file is not yours")
	line("NO_COLOR", "not empty: no colours")
	b.WriteString(`
Everything about AWS itself comes from AWS's own variables and files:
AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL and their like.`)
	return &cobra.Command{Use: "environment", Short: "which environment variables count", Long: b.String()}
}
