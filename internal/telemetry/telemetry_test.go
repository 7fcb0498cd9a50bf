package telemetry_test

import (
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"postern/internal/telemetry"
)

func TestLogger(t *testing.T) {
	var text, machine strings.Builder
	for _, l := range []*slog.Logger{telemetry.Logger(&text, slog.LevelInfo, true), telemetry.Logger(&machine, slog.LevelInfo, false)} {
		l.Debug("below the level")
		l.Info("target registered", "cluster", "prod")
	}

	if want := regexp.MustCompile(`^time=\d\d:\d\d:\d\d level=INFO msg="target registered" cluster=prod\n$`); !want.MatchString(text.String()) {
		t.Errorf("on a terminal: %q does not match %s", text.String(), want)
	}
	var line struct {
		Time       time.Time
		Level, Msg string
		Cluster    string
	}
	d := json.NewDecoder(strings.NewReader(machine.String()))
	d.DisallowUnknownFields()
	if err := d.Decode(&line); err != nil {
		t.Fatalf("off a terminal: %v in %q", err, machine.String())
	}
	if line.Time.IsZero() || line.Level != "INFO" || line.Msg != "target registered" || line.Cluster != "prod" {
		t.Errorf("off a terminal: %q", machine.String())
	}
	if d.More() {
		t.Errorf("more than one line: %q", machine.String())
	}
}
