package config

import (
	"testing"

	"github.com/goccy/go-yaml"
)

// marshal writes a config as a file: each setting that is not its default.
func marshal(t *testing.T, c Config) []byte {
	t.Helper()
	var file yaml.MapSlice
	put := func(m *yaml.MapSlice, key string, v any, there bool) {
		if there {
			*m = append(*m, yaml.MapItem{Key: key, Value: v})
		}
	}
	if len(c.Scopes) > 0 {
		var scopes []yaml.MapSlice
		for _, s := range c.Scopes {
			var m yaml.MapSlice
			put(&m, "account", string(s.Account), true)
			put(&m, "regions", s.Regions, true)
			put(&m, "roleArn", s.RoleARN, s.RoleARN != "")
			put(&m, "externalId", s.ExternalID, s.ExternalID != "")
			scopes = append(scopes, m)
		}
		put(&file, "scopes", scopes, true)
	}
	if h := c.Hub; h != nil {
		var m yaml.MapSlice
		put(&m, "account", string(h.Account), true)
		put(&m, "region", string(h.Region), true)
		put(&m, "vpcIds", h.VPCs, len(h.VPCs) > 0)
		put(&file, "hub", m, true)
	}
	for _, s := range Settings() {
		if s.Text(c) == s.Text(Default()) {
			continue
		}
		v := s.at(&c)
		switch at := v.(type) {
		case scalar[bool]:
			put(&file, s.Key, *at.at, true)
		case scalar[int]:
			put(&file, s.Key, *at.at, true)
		case scalar[float64]:
			put(&file, s.Key, *at.at, true)
		default:
			if v.kind() == kindList {
				put(&file, s.Key, v.texts(), true)
			} else {
				put(&file, s.Key, s.Text(c), true)
			}
		}
	}
	text, err := yaml.MarshalWithOptions(file, yaml.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return text
}
