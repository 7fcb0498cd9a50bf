// Package config provides the settings of Postern: one struct, one table that
// names each setting's key, flag and environment variable, a strict YAML file
// whose errors carry their line, and the precedence flag, environment, file,
// default.
package config

import (
	"log/slog"
	"time"

	"postern/internal/plan"
)

// Config is every setting of a run. Use [Default] as a start, or [Load] for
// what flags, environment and file say together.
type Config struct {
	// Scopes are the accounts and regions to work in. None means the account
	// of the ambient credentials, in Regions or in the SDK's own region. Only
	// the file can hold them.
	Scopes []Scope
	// Hub is where the tools run; nil if the file names none. Only the file
	// can hold it.
	Hub *Hub

	Regions    []plan.Region // regions of the ambient account; not together with Scopes
	RoleARN    string        // role to assume in them; empty means the ambient credentials
	ExternalID string        // passed when RoleARN is assumed
	Profile    string        // profile of the AWS configuration files; empty means the SDK's choice
	Resolvers  []string      // DNS servers, HOST[:PORT][,vpc]; none means the system's
	Output     string        // text or json
	LogLevel   slog.Level    // messages below it are not written

	DryRun          bool               // decide and report, write nothing
	ClusterTag      string             // key of the tag that names a group's cluster
	Witnesses       []plan.WitnessName // which witnesses are asked
	Grace           time.Duration      // see [plan.Policy]
	GraceOneWitness time.Duration      // see [plan.Policy]
	MinHealthy      int                // see [plan.Policy]
	MaxDeregister   int                // see [plan.Policy]; 0 means half, at least one
	Foreign         string             // keep or remove
	RegisterOnly    bool               // never remove
	Pause           bool               // never write
	Adopt           bool               // accept an unmanaged group in which nothing registered is listed
	Expect          int                // fewer links than this is a failure; 0 expects nothing
	AllowEmpty      bool               // no link at all is no failure
	Marks           string             // tag or memory
	VerifyIdentity  bool               // check whose certificate each address serves
	Concurrency     int                // links worked on at the same time, in each account and region
	APIShare        float64            // part of AWS's published request rates to use; 0 turns pacing off
	Timeout         time.Duration      // time that a pass of the command line may take, without Watch
	Watch           bool               // go on until interrupted
	Interval        time.Duration      // with Watch, between two listings of a region's interfaces
	FullCheck       time.Duration      // with Watch, the longest time between two readings of a link's targets
}

// Scope is one account with its regions and the role to assume there.
type Scope struct {
	Account    plan.AccountID
	Regions    []plan.Region
	RoleARN    string // empty means the ambient credentials
	ExternalID string
}

// Hub is the account, region and VPCs where the tools run, and the role to
// assume for listing its interface endpoints.
type Hub struct {
	Account    plan.AccountID
	Region     plan.Region
	VPCs       []string
	RoleARN    string // empty means the ambient credentials
	ExternalID string
}

// Values of Output, Foreign and Marks.
const (
	OutputText = "text"
	OutputJSON = "json"

	ForeignKeep   = "keep"
	ForeignRemove = "remove"

	MarksTag    = "tag"
	MarksMemory = "memory"
)

// Default returns the documented defaults.
func Default() Config {
	p := plan.DefaultPolicy()
	return Config{
		Output:          OutputText,
		LogLevel:        slog.LevelWarn,
		ClusterTag:      plan.TagCluster,
		Witnesses:       []plan.WitnessName{plan.DNS, plan.ENI},
		Grace:           p.Grace,
		GraceOneWitness: p.GraceOneWitness,
		MinHealthy:      p.MinHealthy,
		Foreign:         ForeignKeep,
		Marks:           MarksTag,
		Concurrency:     128,
		APIShare:        0.3,
		Timeout:         5 * time.Minute,
		Interval:        3 * time.Second,
		FullCheck:       15 * time.Minute,
	}
}

// Policy returns the settings that decisions depend on.
func (c Config) Policy() plan.Policy {
	return plan.Policy{
		Grace:           c.Grace,
		GraceOneWitness: c.GraceOneWitness,
		MinHealthy:      c.MinHealthy,
		MaxDeregister:   c.MaxDeregister,
		RemoveForeign:   c.Foreign == ForeignRemove,
		RegisterOnly:    c.RegisterOnly,
		Paused:          c.Pause,
		Adopt:           c.Adopt,
	}
}
