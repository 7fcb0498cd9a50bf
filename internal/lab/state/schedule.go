package state

import (
	"slices"
	"strings"
	"time"

	"postern/internal/lab/trigger"
)

// A Schedule is one of EventBridge Scheduler's.
type Schedule struct {
	ARN         string         `json:"arn"`
	Name        string         `json:"name"`
	Group       string         `json:"group"`
	Description string         `json:"description,omitempty"`
	Expression  string         `json:"expression"`
	Timezone    string         `json:"timezone"`
	State       string         `json:"state"`                   // ENABLED, DISABLED
	Window      string         `json:"window"`                  // OFF, FLEXIBLE
	WindowMax   *int32         `json:"windowMinutes,omitempty"` // of a flexible window
	After       string         `json:"actionAfterCompletion"`   // NONE, DELETE
	KMSKey      string         `json:"kmsKey,omitempty"`
	Start       *time.Time     `json:"start,omitempty"`
	End         *time.Time     `json:"end,omitempty"`
	Target      ScheduleTarget `json:"target"`
	Created     time.Time      `json:"created"`
	Modified    time.Time      `json:"modified"`
}

// A ScheduleTarget is whom a schedule calls. Only functions are called.
type ScheduleTarget struct {
	ARN        string      `json:"arn"`
	Role       string      `json:"role"`
	Input      string      `json:"input,omitempty"`
	DeadLetter string      `json:"deadLetter,omitempty"`
	Retry      RetryPolicy `json:"retry,omitzero"`
}

// A ScheduleGroup holds schedules. Every account has the group default.
type ScheduleGroup struct {
	ARN      string    `json:"arn"`
	Name     string    `json:"name"`
	State    string    `json:"state"` // ACTIVE
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Tags     Tags      `json:"tags,omitempty"`
}

const schedulerService = "scheduler.amazonaws.com"

func noSchedule(kind, name string) error {
	return refuseWith(404, "ResourceNotFoundException", "%s %s does not exist.", kind, name)
}

func scheduleKey(group, name string) string { return orDefault(group, "default") + "/" + name }

// scheduleGroup returns a group of the caller's, the default one included.
func (s *Store) scheduleGroup(c Caller, name string) (ScheduleGroup, error) {
	p := s.place(c)
	if name == "" || name == "default" {
		at := time.Date(2022, 11, 10, 0, 0, 0, 0, time.UTC)
		return ScheduleGroup{ARN: p.arn("scheduler", "schedule-group/default"), Name: "default", State: "ACTIVE", Created: at, Modified: at}, nil
	}
	g, ok := one(s, c, p.scheduleGroups, name)
	if !ok {
		return g, noSchedule("Schedule group", name)
	}
	return g, nil
}

// CreateScheduleGroup makes a group. Source: EventBridge Scheduler API
// reference, CreateScheduleGroup.
func (s *Store) CreateScheduleGroup(c Caller, name string, tags Tags) (ScheduleGroup, error) {
	defer s.enter()()
	p := s.place(c)
	if !ruleName.MatchString(name) {
		return ScheduleGroup{}, invalidRule("Value '%s' at 'name' failed to satisfy constraint", name)
	}
	if _, ok := p.scheduleGroups.get(name); ok || name == "default" {
		return ScheduleGroup{}, refuseWith(409, "ConflictException", "Schedule group %s already exists.", name)
	}
	if err := checkTags(tags, "ValidationException", "ValidationException"); err != nil {
		return ScheduleGroup{}, err
	}
	g := ScheduleGroup{ARN: p.arn("scheduler", "schedule-group/"+name), Name: name, State: "ACTIVE", Created: s.stamp(), Modified: s.stamp(), Tags: tags.orNone()}
	set(s, p.scheduleGroups, name, g)
	return g, nil
}

// GetScheduleGroup returns a group of the caller's.
func (s *Store) GetScheduleGroup(c Caller, name string) (ScheduleGroup, error) {
	defer s.enter()()
	return s.scheduleGroup(c, name)
}

// DeleteScheduleGroup deletes a group with its schedules.
func (s *Store) DeleteScheduleGroup(c Caller, name string) error {
	defer s.enter()()
	if name == "default" {
		return invalidRule("The default schedule group can't be deleted.")
	}
	if _, err := s.scheduleGroup(Caller{Account: c.Account, Region: c.Region}, name); err != nil {
		return err
	}
	p := s.place(c)
	for _, x := range p.schedules.values() {
		if x.Group == name {
			s.dropSchedule(p, x)
		}
	}
	drop(s, p.scheduleGroups, name)
	return nil
}

// TagScheduleGroup changes the tags of the group with an ARN, and returns them.
func (s *Store) TagScheduleGroup(c Caller, arn string, add Tags, remove []string) (Tags, error) {
	defer s.enter()()
	_, name, ok := strings.Cut(arn, ":schedule-group/")
	if !ok {
		return nil, invalidRule("%s is not the ARN of a schedule group: schedules have no tags", arn)
	}
	g, err := s.scheduleGroup(c, name)
	if err != nil || len(add)+len(remove) == 0 {
		return g.Tags, err
	}
	if g.Tags, err = retag(g.Tags, add, remove, "ValidationException", "ValidationException"); err == nil {
		set(s, s.place(c).scheduleGroups, name, g)
	}
	return g.Tags, err
}

// PutSchedule makes a schedule, or with update replaces one: what is not given
// goes back to its default. Source: EventBridge Scheduler API reference,
// CreateSchedule, UpdateSchedule.
func (s *Store) PutSchedule(c Caller, in Schedule, update bool) (Schedule, error) {
	defer s.enter()()
	p := s.place(c)
	in.Group, in.Timezone = orDefault(in.Group, "default"), orDefault(in.Timezone, "UTC")
	in.State, in.After = orDefault(in.State, "ENABLED"), orDefault(in.After, "NONE")
	if _, err := s.scheduleGroup(Caller{Account: c.Account, Region: c.Region}, in.Group); err != nil {
		return Schedule{}, err
	}
	key := scheduleKey(in.Group, in.Name)
	old, there := p.schedules.get(key)
	switch {
	case there && !update:
		return Schedule{}, refuseWith(409, "ConflictException", "Schedule %s already exists.", in.Name)
	case !there && update:
		return Schedule{}, noSchedule("Schedule", in.Name)
	case !ruleName.MatchString(in.Name):
		return Schedule{}, invalidRule("Value '%s' at 'name' failed to satisfy constraint", in.Name)
	case in.State != "ENABLED" && in.State != "DISABLED":
		return Schedule{}, invalidRule("Value '%s' at 'state' failed to satisfy constraint: [ENABLED, DISABLED]", in.State)
	case in.Window != "OFF" && in.Window != "FLEXIBLE", (in.Window == "FLEXIBLE") != (in.WindowMax != nil):
		return Schedule{}, invalidRule("FlexibleTimeWindow: mode OFF has no maximum window, mode FLEXIBLE has one")
	}
	if _, err := trigger.ParseRate(in.Expression); err != nil {
		return Schedule{}, invalidRule("Invalid Schedule Expression %s. %v", in.Expression, err)
	}
	role, ok := s.roleByARN(in.Target.Role)
	if !ok || role.Account != p.account || !s.servedBy(role, schedulerService) {
		return Schedule{}, invalidRule("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
	}
	if in.Target.Retry.Attempts == nil { // Source: EventBridge Scheduler API reference, RetryPolicy
		in.Target.Retry.Attempts = new(int32(185))
	}
	if in.Target.Retry.MaxAge == nil {
		in.Target.Retry.MaxAge = new(int32(86400))
	}
	in.ARN, in.Created, in.Modified = p.arn("scheduler", "schedule/"+in.Group+"/"+in.Name), s.stamp(), s.stamp()
	if there {
		in.Created = old.Created
	}
	set(s, p.schedules, key, in)
	s.emit(p, Event{Kind: ScheduleChanged, Subject: in.ARN, Was: old.State, Now: in.State})
	return in, nil
}

func (s *Store) dropSchedule(p *place, x Schedule) {
	drop(s, p.schedules, scheduleKey(x.Group, x.Name))
	s.emit(p, Event{Kind: ScheduleChanged, Subject: x.ARN, Was: x.State})
}

// GetSchedule returns a schedule of the caller's; an empty group is the default
// one.
func (s *Store) GetSchedule(c Caller, group, name string) (Schedule, error) {
	defer s.enter()()
	x, ok := one(s, c, s.place(c).schedules, scheduleKey(group, name))
	if !ok {
		return x, noSchedule("Schedule", name)
	}
	return x, nil
}

// ListSchedules returns the caller's schedules by name, of all groups or of
// one.
func (s *Store) ListSchedules(c Caller, group, prefix, state string) []Schedule {
	defer s.enter()()
	return byName(slices.DeleteFunc(s.place(c).schedules.values(), func(x Schedule) bool {
		return group != "" && x.Group != group || !strings.HasPrefix(x.Name, prefix) || state != "" && x.State != state
	}), func(x Schedule) string { return x.Name })
}

// DeleteSchedule deletes a schedule.
func (s *Store) DeleteSchedule(c Caller, group, name string) error {
	defer s.enter()()
	p := s.place(c)
	x, ok := p.schedules.get(scheduleKey(group, name))
	if !ok {
		return noSchedule("Schedule", name)
	}
	s.dropSchedule(p, x)
	return nil
}

// A Tick is something that calls functions again and again: a schedule, or a
// rule that has one.
type Tick struct {
	ARN      string // of the schedule or the rule
	Account  string
	Region   string
	Every    time.Duration // in AWS's time
	Schedule *Schedule     // one of the two
	Rule     *EventRule
}

// Ticks returns all that is switched on and calls functions again and again.
func (s *Store) Ticks() []Tick {
	defer s.enter()()
	var all []Tick
	for _, p := range s.order {
		for _, x := range p.schedules.values() {
			if every, err := trigger.ParseRate(x.Expression); err == nil && x.State == "ENABLED" {
				all = append(all, Tick{ARN: x.ARN, Account: p.account, Region: p.region, Every: every, Schedule: &x})
			}
		}
		for _, r := range p.rules.values() {
			if every, err := trigger.ParseRate(r.Schedule); err == nil && r.State == "ENABLED" {
				all = append(all, Tick{ARN: r.ARN, Account: p.account, Region: p.region, Every: every, Rule: &r})
			}
		}
	}
	return all
}
