package lambdafn

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// Env is what the function needs of its process.
type Env struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error) // reads the file that POSTERN_CONFIG names
	Stdout   io.Writer                    // metrics
	Stderr   io.Writer                    // log
}

// System returns the process's own environment.
func System() Env {
	return Env{Getenv: os.Getenv, ReadFile: os.ReadFile, Stdout: os.Stdout, Stderr: os.Stderr}
}

// logLevel is the setting whose default is another one here: a function has no
// terminal, and its log is the only record of what was done.
const logLevel = "logLevel"

// load reads the settings from the environment, and from the file that it
// names, if it does.
func load(e Env) (config.Config, error) {
	cfg, err := config.Load(config.Sources{Getenv: e.Getenv, ReadFile: e.ReadFile})
	if err != nil {
		return config.Config{}, &FailedError{Code: ConfigInvalid, Message: err.Error()} // with its own hint
	}
	if s, _ := config.Find(logLevel); e.Getenv(s.Env()) == "" {
		cfg.LogLevel = slog.LevelInfo
	}
	return cfg, nil
}

// passer makes passes.
type passer interface {
	Pass(ctx context.Context, asked []plan.Pattern) (report.Sync, error)
}

// base is what every shard shares: settings, credentials, pacing, resolver.
type base struct {
	cfg     config.Config
	log     *slog.Logger
	process *assemble.Process
}

// newBase puts together what needs no call to AWS.
func newBase(ctx context.Context, e Env) (*base, error) {
	cfg, err := load(e)
	if err != nil {
		return nil, err
	}
	b := &base{cfg: cfg, log: telemetry.Logger(e.Stderr, cfg.LogLevel, false)}
	if b.process, err = assemble.New(ctx, cfg, b.log); err != nil {
		hint := "correct the AWS_ variables of the function"
		if errors.Is(err, assemble.ErrResolvers) {
			hint = "name a server with POSTERN_RESOLVERS"
		}
		return nil, &FailedError{Code: ConfigInvalid, Message: err.Error(), Hint: hint}
	}
	return b, nil
}

// engine returns an engine for the settings, which are b's but for their
// scopes.
func (b *base) engine(cfg config.Config) (*reconcile.Engine, error) {
	e, err := b.process.Engine(cfg)
	if err != nil {
		return nil, &FailedError{Code: ConfigInvalid, Message: err.Error(), Hint: "set POSTERN_REGIONS or AWS_REGION, or name scopes in the event"}
	}
	if cfg.LogLevel < slog.LevelInfo {
		e.Logger = b.log // what it says above that, the log of decisions says better
	}
	return e, nil
}
