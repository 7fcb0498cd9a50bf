package state

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"postern/internal/lab/trigger"
)

// An EventRule is a rule of EventBridge on an account's default bus.
type EventRule struct {
	ARN         string        `json:"arn"`
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Pattern     string        `json:"pattern,omitempty"`  // which events it takes
	Schedule    string        `json:"schedule,omitempty"` // or when it makes one
	Role        string        `json:"role,omitempty"`
	State       string        `json:"state"` // ENABLED, DISABLED
	Targets     []EventTarget `json:"targets,omitempty"`
	Tags        Tags          `json:"tags,omitempty"`
}

// An EventTarget is whom a rule calls. Only functions are called.
type EventTarget struct {
	ID         string      `json:"id"`
	ARN        string      `json:"arn"`
	Role       string      `json:"role,omitempty"`
	Input      string      `json:"input,omitempty"`     // instead of the event
	InputPath  string      `json:"inputPath,omitempty"` // the part of the event to give
	DeadLetter string      `json:"deadLetter,omitempty"`
	Retry      RetryPolicy `json:"retry,omitzero"`
}

// RetryPolicy says how often a delivery is tried again.
type RetryPolicy struct {
	MaxAge   *int32 `json:"maxAgeSeconds,omitempty"`
	Attempts *int32 `json:"attempts,omitempty"`
}

// EventRuleInput asks for a rule, or for what one shall be.
type EventRuleInput struct {
	Name        string
	Description string
	Pattern     string
	Schedule    string
	Role        string
	State       string // empty: ENABLED
	Tags        Tags   // of a new rule
}

// targetsPerRule is EventBridge's quota. Source: EventBridge user guide, quotas.
const targetsPerRule = 5

var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

func noEventRule(name string) error {
	return refuse("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
}

func invalidRule(format string, args ...any) error {
	return refuse("ValidationException", format, args...)
}

// checkBus refuses any event bus but the account's default one.
func (s *Store) checkBus(c Caller, bus string) error {
	if bus == "" || bus == "default" || bus == s.place(c).arn("events", "event-bus/default") {
		return nil
	}
	return refuse("ResourceNotFoundException", "Event bus %s does not exist.", bus)
}

// eventRule returns a rule of the caller's.
func (s *Store) eventRule(c Caller, bus, name string) (EventRule, error) {
	if err := s.checkBus(c, bus); err != nil {
		return EventRule{}, err
	}
	r, ok := one(s, c, s.place(c).rules, name)
	if !ok {
		return r, noEventRule(name)
	}
	return r, nil
}

// PutRule makes a rule, or changes one and keeps its targets and tags. Source:
// EventBridge API reference, PutRule.
func (s *Store) PutRule(c Caller, bus string, in EventRuleInput) (EventRule, error) {
	defer s.enter()()
	if err := s.checkBus(c, bus); err != nil {
		return EventRule{}, err
	}
	if in.State == "" {
		in.State = "ENABLED"
	}
	switch {
	case !ruleName.MatchString(in.Name):
		return EventRule{}, invalidRule("Value '%s' at 'name' failed to satisfy constraint", in.Name)
	case in.Pattern == "" && in.Schedule == "":
		return EventRule{}, invalidRule("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	case in.State != "ENABLED" && in.State != "DISABLED":
		return EventRule{}, invalidRule("Value '%s' at 'state' failed to satisfy constraint: the lab takes ENABLED and DISABLED", in.State)
	}
	if in.Pattern != "" {
		if _, err := trigger.ParsePattern(in.Pattern); err != nil {
			return EventRule{}, refuse("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
		}
	}
	if in.Schedule != "" {
		if _, err := trigger.ParseRate(in.Schedule); err != nil {
			return EventRule{}, invalidRule("Parameter ScheduleExpression is not valid. %v", err)
		}
	}
	p := s.place(c)
	r, there := p.rules.get(in.Name)
	if !there {
		if err := checkTags(in.Tags, "LimitExceededException", "ValidationException"); err != nil {
			return EventRule{}, err
		}
		r = EventRule{ARN: p.arn("events", "rule/"+in.Name), Name: in.Name, Tags: in.Tags.orNone()}
	}
	r.Description, r.Pattern, r.Schedule, r.Role, r.State = in.Description, in.Pattern, in.Schedule, in.Role, in.State
	s.putRule(p, r)
	return r, nil
}

func (s *Store) putRule(p *place, r EventRule) {
	set(s, p.rules, r.Name, r)
	s.emit(p, Event{Kind: RuleChanged, Subject: r.ARN, Now: r.State})
}

// changeRule changes a rule of the caller's, unless change refuses.
func (s *Store) changeRule(c Caller, bus, name string, change func(*EventRule) error) error {
	r, err := s.eventRule(Caller{Account: c.Account, Region: c.Region}, bus, name)
	if err != nil {
		return err
	}
	if err := change(&r); err != nil {
		return err
	}
	s.putRule(s.place(c), r)
	return nil
}

// DescribeRule returns a rule of the caller's.
func (s *Store) DescribeRule(c Caller, bus, name string) (EventRule, error) {
	defer s.enter()()
	return s.eventRule(c, bus, name)
}

// ListRules returns the caller's rules whose names begin so, by name.
func (s *Store) ListRules(c Caller, bus, prefix string) ([]EventRule, error) {
	defer s.enter()()
	if err := s.checkBus(c, bus); err != nil {
		return nil, err
	}
	rules := slices.DeleteFunc(s.place(c).rules.values(), func(r EventRule) bool { return !strings.HasPrefix(r.Name, prefix) })
	return byName(rules, func(r EventRule) string { return r.Name }), nil
}

// EnableRule switches a rule on or off.
func (s *Store) EnableRule(c Caller, bus, name string, on bool) error {
	defer s.enter()()
	return s.changeRule(c, bus, name, func(r *EventRule) error {
		r.State = "DISABLED"
		if on {
			r.State = "ENABLED"
		}
		return nil
	})
}

// DeleteRule deletes a rule that has no target left; one that is not there is
// no error. Source: EventBridge API reference, DeleteRule.
func (s *Store) DeleteRule(c Caller, bus, name string) error {
	defer s.enter()()
	if err := s.checkBus(c, bus); err != nil {
		return err
	}
	p := s.place(c)
	r, ok := p.rules.get(name)
	if !ok {
		return nil
	}
	if len(r.Targets) > 0 {
		return invalidRule("Rule can't be deleted since it has targets.")
	}
	drop(s, p.rules, name)
	s.emit(p, Event{Kind: RuleChanged, Subject: r.ARN, Was: r.State})
	return nil
}

// PutTargets adds or replaces targets of a rule. Source: EventBridge API
// reference, PutTargets.
func (s *Store) PutTargets(c Caller, bus, rule string, targets []EventTarget) error {
	defer s.enter()()
	return s.changeRule(c, bus, rule, func(r *EventRule) error {
		now := slices.Clone(r.Targets)
		for _, t := range targets {
			if t.Input != "" && !json.Valid([]byte(t.Input)) {
				return invalidRule("Input for target %s is not valid JSON text.", t.ID)
			}
			if t.InputPath != "" && t.InputPath != "$" {
				return invalidRule("Target %s: the lab gives an event as a whole, or an input of its own", t.ID)
			}
			if !ruleName.MatchString(t.ID) || !strings.HasPrefix(t.ARN, "arn:") {
				return invalidRule("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", t.ARN)
			}
			if i := slices.IndexFunc(now, func(x EventTarget) bool { return x.ID == t.ID }); i >= 0 {
				now[i] = t
			} else {
				now = append(now, t)
			}
		}
		if len(now) > targetsPerRule {
			return refuse("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
		}
		r.Targets = now
		return nil
	})
}

// RemoveTargets removes targets of a rule, and returns those that it has not.
func (s *Store) RemoveTargets(c Caller, bus, rule string, ids []string) (unknown []string, err error) {
	defer s.enter()()
	err = s.changeRule(c, bus, rule, func(r *EventRule) error {
		for _, id := range ids {
			if !slices.ContainsFunc(r.Targets, func(t EventTarget) bool { return t.ID == id }) {
				unknown = append(unknown, id)
			}
		}
		r.Targets = slices.DeleteFunc(slices.Clone(r.Targets), func(t EventTarget) bool { return slices.Contains(ids, t.ID) })
		return nil
	})
	return unknown, err
}

// TagRule changes the tags of the rule with an ARN, and returns them.
func (s *Store) TagRule(c Caller, arn string, add Tags, remove []string) (tags Tags, err error) {
	defer s.enter()()
	_, name, ok := strings.Cut(arn, ":rule/")
	if !ok {
		return nil, invalidRule("Parameter ResourceARN is not valid: %s is not the ARN of a rule", arn)
	}
	name = strings.TrimPrefix(name, "default/")
	r, err := s.eventRule(c, "", name)
	if err != nil || len(add)+len(remove) == 0 {
		return r.Tags, err
	}
	err = s.changeRule(c, "", name, func(r *EventRule) (err error) {
		r.Tags, err = retag(r.Tags, add, remove, "LimitExceededException", "ValidationException")
		tags = r.Tags
		return err
	})
	return tags, err
}

// EventRules returns every rule of an account in a region that is switched on.
func (s *Store) EventRules(account, region string) []EventRule {
	defer s.enter()()
	p := s.places[placeKey{account, region}]
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(p.rules.values(), func(r EventRule) bool { return r.State != "ENABLED" })
}
