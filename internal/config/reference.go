package config

import (
	"bytes"
	"fmt"
	"strings"
)

//go:generate go run ./gensettings ../../docs/reference/settings.md

// Reference returns the page docs/reference/settings.md.
func Reference() []byte {
	var b bytes.Buffer
	b.WriteString(`# Settings

This page is generated from the table of settings; a test keeps it current.

A setting comes from its flag, or else from its environment variable, or else
from the file, or else from its default. The file is named by ` + "`--config FILE`" + `
or by ` + "`" + FileVariable + "`" + ` and nowhere else. An empty environment variable counts as
not set. Lists are written with commas in a flag or a variable, and as YAML
lists in the file; the flag of a list can also be repeated. Durations are Go
durations, such as 90s, 2m or 1h30m. Booleans are true or false.

Everything about AWS itself (credentials, profiles, endpoints) comes from the
variables and files that AWS's own tools read: ` + "`AWS_REGION`, `AWS_PROFILE`,\n`AWS_ENDPOINT_URL`" + ` and their like.
`)
	section := func(title string, common bool) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | flag | environment | kind | default | meaning |\n|---|---|---|---|---|---|\n", title)
		for _, s := range Settings() {
			if s.Common != common {
				continue
			}
			d := s.Text(Default())
			if d == "" {
				d = "none"
			} else {
				d = "`" + d + "`"
			}
			fmt.Fprintf(&b, "| `%s` | `--%s` | `%s` | %s | %s | %s |\n", s.Key, s.Flag, s.Env(), s.Kind(), d, strings.ReplaceAll(s.Help, "|", `\|`))
		}
	}
	section("Common settings", true)
	section("Settings of sync", false)
	b.WriteString(`
## Keys that only the file has

| key | kind | meaning |
|---|---|---|
| ` + "`scopes`" + ` | list | accounts to work in; each an ` + "`account`, its `regions`, and if needed `roleArn` and `externalId`" + ` |
| ` + "`hub`" + ` | mapping | where the tools run: ` + "`account`, `region`, and if needed `vpcIds`, `roleArn` and `externalId`" + `; its interface endpoints are listed to recognise a resolver that sees the hub's own private zones |

` + "```yaml" + `
# postern.yaml
scopes:
  - account: "222222222222"
    regions: [us-east-1, eu-west-1]
    roleArn: arn:aws:iam::222222222222:role/postern-sync
    externalId: example
hub: {account: "111111111111", region: us-east-1, vpcIds: [vpc-0123456789abcdef0]}
resolvers: ["10.100.0.2:53"]
grace: 120s
` + "```" + `

Without scopes, sync works in the account of the ambient credentials. Scopes
cannot be set together with regions, roleArn or externalId.
`)
	return b.Bytes()
}
