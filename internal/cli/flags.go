package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/config"
)

// settingFlags are the flags of some settings on one command.
type settingFlags struct {
	settings []config.Setting
	given    map[string][]string // values by flag, in order
	file     string
	hasFile  bool
	defaults func(*config.Config) // nil: the documented ones
}

// addSettings gives the command a flag for each of the settings.
func addSettings(c *cobra.Command, settings []config.Setting) *settingFlags {
	f := &settingFlags{settings: settings, given: map[string][]string{}}
	for _, s := range settings {
		flag := c.Flags().VarPF(&settingValue{f, s}, s.Flag, "", s.Help)
		flag.DefValue = s.Text(config.Default())
		if s.Arg == "" {
			flag.NoOptDefVal = "true"
		}
		if words := strings.Split(s.Arg, "|"); len(words) > 1 {
			_ = c.RegisterFlagCompletionFunc(s.Flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		} else if s.Arg != "" {
			_ = c.RegisterFlagCompletionFunc(s.Flag, cobra.NoFileCompletions)
		}
	}
	return f
}

// lookOnce makes the command use all of AWS's request rates, unless somebody
// says otherwise: a look is over in seconds, and nobody waits longer than for
// that. With again it is one of many, and leaves to others what is theirs.
func (f *settingFlags) lookOnce(c *cobra.Command, again *bool) {
	f.defaults = func(cfg *config.Config) {
		if again == nil || !*again {
			cfg.APIShare = 1
		}
	}
	share := c.Flags().Lookup("api-share")
	share.DefValue = "1"
	if again != nil {
		share.Usage += fmt.Sprintf("; with --watch by default %g", config.Default().APIShare)
	}
}

// addFile gives the command the flag that names the configuration file.
func (f *settingFlags) addFile(c *cobra.Command) {
	f.hasFile = true
	c.Flags().StringVar(&f.file, "config", "", "configuration `FILE`; none: the one that "+config.FileVariable+" names")
}

// load returns the settings of this run. Its errors are usage errors.
func (f *settingFlags) load(c *cobra.Command, e Env) (config.Config, error) {
	if f.hasFile && c.Flags().Changed("config") && f.file == "" {
		return config.Config{}, usage(c, "--config: the file's name is empty; name a file, or leave the flag out")
	}
	src := config.Sources{Flags: f.given, Getenv: e.Getenv, File: f.file, Settings: f.settings, Defaults: f.defaults}
	if f.hasFile {
		src.ReadFile = os.ReadFile
	}
	cfg, err := config.Load(src)
	if err != nil {
		return cfg, &usageError{err: err, help: c.CommandPath()}
	}
	return cfg, nil
}

// settingValue keeps the texts that one flag was given.
type settingValue struct {
	flags   *settingFlags
	setting config.Setting
}

// String returns the default, or what was given.
func (v *settingValue) String() string {
	if v.flags == nil {
		return ""
	}
	return strings.Join(v.flags.given[v.setting.Flag], ",")
}

// Set keeps a text; it is read when all are there.
func (v *settingValue) Set(text string) error {
	v.flags.given[v.setting.Flag] = append(v.flags.given[v.setting.Flag], text)
	return nil
}

// Type returns what the help shows as the flag's argument.
func (v *settingValue) Type() string {
	if v.setting.Arg == "" {
		return "bool"
	}
	return v.setting.Arg
}

// settings returns the settings with these keys.
func settings(keys ...string) []config.Setting {
	var all []config.Setting
	for _, key := range keys {
		if s, ok := config.Find(key); ok {
			all = append(all, s)
		}
	}
	return all
}

func flagNames(c *cobra.Command) []string {
	var names []string
	// FlagUsages is the only listing that needs no type of the flag library.
	for _, line := range strings.Split(c.Flags().FlagUsages(), "\n") {
		if _, after, ok := strings.Cut(line, "--"); ok {
			name, _, _ := strings.Cut(after, " ")
			name, _, _ = strings.Cut(name, "[")
			names = append(names, name)
		}
	}
	return names
}
