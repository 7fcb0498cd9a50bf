package lab

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// Kubeconfig returns the text of a kubeconfig for a lab with a data plane: a
// context a cluster, named account/region/name, that goes through the way in to
// the cluster's own host name, with its certificate verified. self is the
// program that gives the credential, and account whose keys it signs with. The
// first cluster's context is the current one.
func Kubeconfig(s *State, self, account string) ([]byte, error) {
	if s.Proxy == "" {
		return nil, fmt.Errorf("this lab carries no connections")
	}
	var clusters, contexts, users strings.Builder
	current := ""
	for _, c := range s.Clusters {
		if c.Endpoint == "" {
			continue // it is being made
		}
		if current == "" {
			current = c.Ref
		}
		name := strconv.Quote(c.Ref)
		fmt.Fprintf(&clusters, "- name: %s\n  cluster:\n    server: %s\n    proxy-url: socks5://%s\n    certificate-authority-data: %s\n",
			name, c.Endpoint, s.Proxy, base64.StdEncoding.EncodeToString([]byte(c.CA)))
		fmt.Fprintf(&contexts, "- name: %s\n  context: {cluster: %s, user: %s}\n", name, name, name)
		env, err := Env(s, "", account, c.Region, "")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&users, "- name: %s\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      interactiveMode: Never\n      command: %s\n      args: [token, %s]\n      env:\n",
			name, strconv.Quote(self), name)
		for _, kv := range env {
			key, value, _ := strings.Cut(kv, "=")
			if strings.HasPrefix(key, "AWS_") && value != "" {
				fmt.Fprintf(&users, "      - {name: %s, value: %s}\n", key, strconv.Quote(value))
			}
		}
	}
	if current == "" {
		return []byte("apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n"), nil
	}
	return []byte("apiVersion: v1\nkind: Config\ncurrent-context: " + strconv.Quote(current) +
		"\nclusters:\n" + clusters.String() + "contexts:\n" + contexts.String() + "users:\n" + users.String()), nil
}
