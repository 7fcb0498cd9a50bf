package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/tokencache"
)

// keptToken is the token of one cluster and identity in the user's cache.
type keptToken struct {
	dir tokencache.Dir
	key string // empty: nothing is kept
}

// keptTokens returns where the token of this run is kept. Its key is made of all
// that tells who asks for which cluster, so that no other's is ever found.
func keptTokens(e Env, cfg config.Config, cluster plan.Pattern, off bool) keptToken {
	dir, err := tokencache.Default()
	if off || err != nil {
		return keptToken{}
	}
	inputs := []string{"1", cluster.String(), cfg.RoleARN, cfg.ExternalID, cfg.Profile}
	for _, r := range cfg.Regions {
		inputs = append(inputs, string(r))
	}
	var variables []string
	for _, kv := range e.Environ {
		if strings.HasPrefix(kv, "AWS_") || strings.HasPrefix(kv, "POSTERN_") {
			variables = append(variables, kv)
		}
	}
	slices.Sort(variables)
	inputs = append(inputs, variables...)
	for _, f := range []struct{ variable, name string }{{"AWS_CONFIG_FILE", "config"}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials"}} {
		file := e.Getenv(f.variable)
		if file == "" {
			file = filepath.Join(e.Getenv("HOME"), ".aws", f.name)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			text = nil // as if it were empty, as for the SDK
		}
		inputs = append(inputs, f.variable+"="+file, string(text))
	}
	return keptToken{dir, tokencache.Key(inputs...)}
}

func (k keptToken) get(now time.Time) (token string, ends time.Time, ok bool) {
	if k.key == "" {
		return "", time.Time{}, false
	}
	return k.dir.Get(k.key, now)
}

func (k keptToken) put(token string, ends, now time.Time) error {
	if k.key == "" {
		return nil
	}
	return k.dir.Put(k.key, token, ends, now)
}
