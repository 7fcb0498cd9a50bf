package state

import (
	"maps"
	"slices"
)

// What an account has in a region besides networks: functions and what starts
// them, logs, alarms, topics and parameters.
type serverless struct {
	functions      *table[Function]
	rules          *table[EventRule]
	scheduleGroups *table[ScheduleGroup]
	schedules      *table[Schedule]
	logGroups      *table[LogGroup]
	topics         *table[Topic]
	alarms         *table[Alarm]
	parameters     *table[Parameter]

	streams map[string][]*logStream // by log group
	code    map[string][]byte       // functions' zips, by function
}

func newServerless() serverless {
	return serverless{
		functions: newTable[Function](nil), rules: newTable[EventRule](nil), scheduleGroups: newTable[ScheduleGroup](nil), schedules: newTable[Schedule](nil),
		logGroups: newTable[LogGroup](nil), topics: newTable[Topic](nil), alarms: newTable[Alarm](nil), parameters: newTable[Parameter](nil),
		streams: map[string][]*logStream{}, code: map[string][]byte{},
	}
}

// settle forgets the past of every table.
func (x *serverless) settle() {
	for _, t := range []interface{ settle() }{x.functions, x.rules, x.scheduleGroups, x.schedules, x.logGroups, x.topics, x.alarms, x.parameters} {
		t.settle()
	}
}

// empty reports whether nothing is there.
func (x *serverless) empty() bool {
	return len(x.functions.values())+len(x.rules.values())+len(x.schedules.values())+len(x.scheduleGroups.values())+
		len(x.logGroups.values())+len(x.topics.values())+len(x.alarms.values())+len(x.parameters.values()) == 0
}

// retag changes tags within AWS's limits; tooMany is the service's code for
// more than 50, invalid that for a key or value that cannot be.
func retag(old, add Tags, remove []string, tooMany, invalid string) (Tags, error) {
	now := less(with(old, add), remove)
	if err := checkTags(now, tooMany, invalid); err != nil {
		return nil, err
	}
	return now.orNone(), nil
}

// byName returns values in order of a name, as most listings are.
func byName[T any](values []T, name func(T) string) []T {
	slices.SortFunc(values, func(a, b T) int {
		switch x, y := name(a), name(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return values
}

// clone returns a copy of a map, nil for an empty one.
func clone(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}
