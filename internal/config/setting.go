package config

import (
	"strings"
	"time"
	"unicode"
)

// Setting is one row of the table of settings. Its flag and its environment
// variable follow from the key by rule, but for the flag of a list, which
// takes one element at a time and so has a singular name.
type Setting struct {
	Key    string // camelCase key of the file
	Flag   string // name of the flag, without dashes
	Arg    string // what the flag takes, for its help; empty for a boolean
	Common bool   // for every command that talks to AWS; the others are sync's own
	Help   string // one line, lower case, no full stop

	at func(*Config) value // where the setting lives and how its text is read
}

// Env returns the name of the setting's environment variable: POSTERN_ and
// the key in upper snake case.
func (s Setting) Env() string {
	return "POSTERN_" + strings.ReplaceAll(strings.ToUpper(kebab(s.Key)), "-", "_")
}

// Kind returns what the setting holds: string, bool, number, duration or list.
func (s Setting) Kind() string { return s.at(new(Config)).kind() }

// Text returns the setting's value in c as a flag or an environment variable
// would spell it. Lists are joined by commas.
func (s Setting) Text(c Config) string { return strings.Join(s.at(&c).texts(), ",") }

// kebab turns camelCase into kebab-case.
func kebab(key string) string {
	var b strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Settings returns the table, in the order of the reference page. The keys
// scopes and hub, which only the file can hold, are not in it.
func Settings() []Setting {
	rows := []Setting{
		{Key: "regions", Flag: "region", Arg: "REGION", Common: true,
			Help: "region of the ambient account to work in; repeatable; not together with scopes",
			at:   func(c *Config) value { return list(&c.Regions, parseRegion) }},
		{Key: "roleArn", Arg: "ARN", Common: true,
			Help: "role to assume in those regions; not together with scopes",
			at:   func(c *Config) value { return one(&c.RoleARN, parseRole) }},
		{Key: "externalId", Arg: "ID", Common: true,
			Help: "external id to pass when the role is assumed; not together with scopes",
			at:   func(c *Config) value { return one(&c.ExternalID, parseExternalID) }},
		{Key: "profile", Arg: "NAME", Common: true,
			Help: "profile of the AWS configuration files",
			at:   func(c *Config) value { return one(&c.Profile, parseText) }},
		{Key: "resolvers", Flag: "resolver", Arg: "HOST:PORT", Common: true,
			Help: "DNS server to ask, with the suffix ,vpc if it answers as inside the clusters' VPC; repeatable; none: the system's",
			at:   func(c *Config) value { return resolvers(&c.Resolvers) }},
		{Key: "output", Arg: "text|json", Common: true,
			Help: "form of the answer",
			at:   func(c *Config) value { return one(&c.Output, oneOf(OutputText, OutputJSON)) }},
		{Key: "logLevel", Arg: "LEVEL", Common: true,
			Help: "least level of the messages on standard error: debug, info, warn or error",
			at:   func(c *Config) value { return level(&c.LogLevel) }},

		{Key: "dryRun",
			Help: "decide and report, but write nothing; exit status 3 if there is something to do",
			at:   func(c *Config) value { return boolean(&c.DryRun) }},
		{Key: "clusterTag", Arg: "KEY",
			Help: "key of the tag that names a target group's cluster",
			at:   func(c *Config) value { return one(&c.ClusterTag, parseTagKey) }},
		{Key: "witness", Arg: "dns,eni",
			Help: "witnesses to ask for a cluster's addresses: dns, eni or both",
			at:   func(c *Config) value { return list(&c.Witnesses, parseWitness) }},
		{Key: "grace", Arg: "DURATION",
			Help: "how long no witness may name an address before it is deregistered",
			at:   func(c *Config) value { return duration(&c.Grace) }},
		{Key: "graceOneWitness", Arg: "DURATION",
			Help: "the same where one witness alone supports the removal",
			at:   func(c *Config) value { return duration(&c.GraceOneWitness) }},
		{Key: "minHealthy", Arg: "N",
			Help: "listed targets that must stay healthy for a healthy stale one to leave",
			at:   func(c *Config) value { return integer(&c.MinHealthy, 1) }},
		{Key: "maxDeregister", Arg: "N",
			Help: "most removals in one link and pass; 0: half of its targets, at least one",
			at:   func(c *Config) value { return integer(&c.MaxDeregister, 0) }},
		{Key: "foreign", Arg: "keep|remove",
			Help: "what to do with targets on another port or outside the cluster's VPC",
			at:   func(c *Config) value { return one(&c.Foreign, oneOf(ForeignKeep, ForeignRemove)) }},
		{Key: "registerOnly",
			Help: "register, but never deregister",
			at:   func(c *Config) value { return boolean(&c.RegisterOnly) }},
		{Key: "pause",
			Help: "write nothing; report what waits",
			at:   func(c *Config) value { return boolean(&c.Pause) }},
		{Key: "adopt",
			Help: "accept a group without the tag postern:managed in which no registered address is listed",
			at:   func(c *Config) value { return boolean(&c.Adopt) }},
		{Key: "expect", Arg: "N",
			Help: "fail if fewer links than this are found; 0: expect nothing",
			at:   func(c *Config) value { return integer(&c.Expect, 0) }},
		{Key: "allowEmpty",
			Help: "finding no link at all is no failure",
			at:   func(c *Config) value { return boolean(&c.AllowEmpty) }},
		{Key: "marks", Arg: "tag|memory",
			Help: "where running grace periods are kept; memory lasts as long as the process, so that a single pass removes nothing",
			at:   func(c *Config) value { return one(&c.Marks, oneOf(MarksTag, MarksMemory)) }},
		{Key: "verifyIdentity",
			Help: "check whose certificate each address serves; only where sync runs in the clusters' own network, or reaches it by ALL_PROXY",
			at:   func(c *Config) value { return boolean(&c.VerifyIdentity) }},
		{Key: "concurrency", Arg: "N",
			Help: "links to work on at the same time in each account and region",
			at:   func(c *Config) value { return integer(&c.Concurrency, 1) }},
		{Key: "apiShare", Arg: "SHARE",
			Help: "share of AWS's published request rates to use, up to 1; 0 turns pacing off",
			at:   func(c *Config) value { return share(&c.APIShare) }},
		{Key: "timeout", Arg: "DURATION",
			Help: "time that the pass or look may take, without --watch; what it has not reached by then it says",
			at:   func(c *Config) value { return period(&c.Timeout, time.Second) }},
		{Key: "watch",
			Help: "go on until interrupted, looking at each thing as often as it can change",
			at:   func(c *Config) value { return boolean(&c.Watch) }},
		{Key: "interval", Arg: "DURATION",
			Help: "with --watch: time between two listings of a region's network interfaces",
			at:   func(c *Config) value { return period(&c.Interval, 100*time.Millisecond) }},
		{Key: "fullCheck", Arg: "DURATION",
			Help: "with --watch: longest time between two readings of the targets of a link at which nothing changes",
			at:   func(c *Config) value { return period(&c.FullCheck, time.Second) }},
	}
	for i := range rows {
		if rows[i].Flag == "" {
			rows[i].Flag = kebab(rows[i].Key)
		}
	}
	return rows
}

// Find returns the setting with this key.
func Find(key string) (Setting, bool) {
	for _, s := range Settings() {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}
