package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// FileVariable names the file if the flag --config does not.
const FileVariable = "POSTERN_CONFIG"

// Sources are where the settings of one run come from.
type Sources struct {
	// Flags holds the values of the flags that were given, by flag name, in
	// their order.
	Flags map[string][]string
	// Getenv returns an environment variable's value. An empty one counts as
	// not set.
	Getenv func(string) string
	// File is the file's name as --config gives it; empty leaves the choice
	// to FileVariable.
	File string
	// ReadFile reads a file; nil means that no file is read, whatever File
	// and the environment say.
	ReadFile func(string) ([]byte, error)
	// Settings are the rows that count here; nil means all of them.
	Settings []Setting
	// Defaults changes the defaults; nil means the documented ones.
	Defaults func(*Config)
}

// Load returns what the sources say together: a flag goes before the
// environment, that before the file, that before the default. Its errors are
// an [*Error] or [Errors].
func Load(src Sources) (Config, error) {
	c := Default()
	if src.Defaults != nil {
		src.Defaults(&c)
	}
	where := map[string]*Error{} // who set each key last
	if err := fromFile(&c, src, where); err != nil {
		return Config{}, err
	}
	settings := src.Settings
	if settings == nil {
		settings = Settings()
	}
	for _, s := range settings {
		v := s.at(&c)
		if text := src.Getenv(s.Env()); text != "" {
			where[s.Key] = &Error{Where: s.Env()}
			if err := v.set(v.split(text)); err != nil {
				return Config{}, err.from(s.Env())
			}
		}
		if given, ok := src.Flags[s.Flag]; ok {
			where[s.Key] = &Error{Where: "--" + s.Flag}
			var texts []string
			for _, text := range given {
				texts = append(texts, v.split(text)...)
			}
			if err := v.set(texts); err != nil {
				return Config{}, err.from("--" + s.Flag)
			}
		}
	}
	if err := c.check(where); err != nil {
		return Config{}, err
	}
	return c, nil
}

func fromFile(c *Config, src Sources, where map[string]*Error) error {
	if src.ReadFile == nil {
		return nil
	}
	name, by := src.File, "--config"
	if name == "" {
		name, by = src.Getenv(FileVariable), FileVariable
	}
	if name == "" {
		return nil
	}
	data, err := src.ReadFile(name)
	if err != nil {
		e := fault("cannot read %q: %v", name, cause(err)).from(by)
		return e.hint("name a file that exists and may be read")
	}
	found, faults := readFile(c, name, data)
	if len(faults) > 0 {
		return faults
	}
	for key, at := range found {
		where[key] = at
	}
	return nil
}

// cause is what is wrong with a file, without its name.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// check looks at what no setting can know alone. The place of each key that
// was set is in where.
func (c Config) check(where map[string]*Error) error {
	if len(c.Scopes) > 0 {
		at := fmt.Sprintf("%s:%d", where["scopes"].Where, where["scopes"].Line)
		for _, key := range []string{"regions", "roleArn", "externalId"} {
			if e, ok := where[key]; ok {
				return e.because("%s cannot be set together with scopes (%s)", key, at).
					hint("name a cluster as region/name to narrow the pass, or take the scopes away")
			}
		}
	}
	if c.GraceOneWitness < c.Grace {
		e, ok := where["graceOneWitness"]
		if !ok {
			e = where["grace"]
		}
		return e.because("graceOneWitness is %s, shorter than grace, %s: one witness alone would remove sooner than two", c.GraceOneWitness, c.Grace).
			hint("set --grace-one-witness to %s or more", c.Grace)
	}
	if e, ok := where["externalId"]; ok && c.RoleARN == "" {
		return e.because("an external id without a role does nothing").hint("set --role-arn too, or take it away")
	}
	return nil
}

// from fills in the flag or the variable that holds the fault.
func (e *Error) from(where string) *Error {
	e.Where = where
	return e
}

// because is the error's place with a message.
func (e *Error) because(format string, args ...any) *Error {
	at := *e
	at.Message = strings.TrimSpace(fmt.Sprintf(format, args...))
	return &at
}
