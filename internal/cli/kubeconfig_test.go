package cli_test

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { labCommands["missing"] = missing }

// missing PROGRAM: fails where CI is true, since there every script has to run;
// elsewhere the script says aloud that it skips.
func missing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: missing PROGRAM")
	}
	if os.Getenv("CI") == "true" {
		ts.Fatalf("%s is missing, and CI needs it: see make doctor", args[0])
	}
}
