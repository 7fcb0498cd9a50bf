package cli

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/report"
)

func newVersion(e Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "version",
		Short: "say which build this is",
		Example: `  postern version
  postern version --output json`,
		Args: noArgs,
	}
	flags := addSettings(c, settings("output"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		v := build()
		if cfg.Output == config.OutputJSON {
			return report.WriteJSON(e.Stdout, v, false)
		}
		return report.WriteVersion(e.Stdout, v)
	}
	return c
}

// build reads what the Go tool noted in the binary.
func build() report.Version {
	v := report.Version{
		Schema:   report.VersionSchema,
		Version:  "(devel)",
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil {
				v.Time = at
			}
		}
	}
	return v
}
