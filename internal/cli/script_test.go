package cli_test

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"postern/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the golden text in the scripts")

// TestMain lets scripts run the real command line as the program postern.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"postern": func() {
			ctx, stop := cli.UntilInterrupted()
			defer stop()
			os.Exit(cli.Main(ctx, cli.System()))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                labCommands,
		Setup: func(e *testscript.Env) error {
			// Nothing of this machine's own AWS settings may reach a script.
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("AWS_CONFIG_FILE", e.Getenv("WORK")+"/no-aws-config")
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", e.Getenv("WORK")+"/no-aws-credentials")
			e.Setenv("XDG_CACHE_HOME", e.Getenv("WORK")+"/cache")
			return nil
		},
	})
}
