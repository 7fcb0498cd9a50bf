package state

import (
	"slices"
	"strings"
	"time"
)

// An Alarm is a metric alarm of CloudWatch. The lab keeps it and has no
// metrics: it stays at INSUFFICIENT_DATA.
type Alarm struct {
	ARN        string            `json:"arn"`
	Name       string            `json:"name"`
	About      string            `json:"description,omitempty"`
	Enabled    bool              `json:"actionsEnabled"`
	OnAlarm    []string          `json:"alarmActions,omitempty"`
	OnOK       []string          `json:"okActions,omitempty"`
	OnNoData   []string          `json:"insufficientDataActions,omitempty"`
	Namespace  string            `json:"namespace,omitempty"`
	Metric     string            `json:"metric,omitempty"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Statistic  string            `json:"statistic,omitempty"`
	Extended   string            `json:"extendedStatistic,omitempty"`
	Period     *int32            `json:"periodSeconds,omitempty"`
	Periods    int32             `json:"evaluationPeriods"`
	ToAlarm    *int32            `json:"datapointsToAlarm,omitempty"`
	Threshold  *float64          `json:"threshold,omitempty"`
	BandOf     string            `json:"thresholdMetricId,omitempty"`
	Compare    string            `json:"comparison"`
	Missing    string            `json:"treatMissingData,omitempty"`
	LowSamples string            `json:"evaluateLowSampleCountPercentile,omitempty"`
	Unit       string            `json:"unit,omitempty"`
	Queries    []MetricQuery     `json:"queries,omitempty"`
	Updated    time.Time         `json:"updated"`
	Tags       Tags              `json:"tags,omitempty"`
}

// A MetricQuery is one metric or expression of an alarm.
type MetricQuery struct {
	ID         string            `json:"id"`
	Expression string            `json:"expression,omitempty"`
	Label      string            `json:"label,omitempty"`
	Account    string            `json:"account,omitempty"`
	Period     *int32            `json:"periodSeconds,omitempty"`
	Returns    *bool             `json:"returnData,omitempty"`
	Metric     string            `json:"metric,omitempty"`
	Namespace  string            `json:"namespace,omitempty"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Stat       string            `json:"stat,omitempty"`
	StatPeriod int32             `json:"statPeriodSeconds,omitempty"`
	Unit       string            `json:"unit,omitempty"`
}

// comparisons are how an alarm compares. Source: CloudWatch API reference,
// PutMetricAlarm.
var comparisons = []string{
	"GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
	"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold",
}

// PutAlarm makes an alarm, or changes one and keeps its tags. Source:
// CloudWatch API reference, PutMetricAlarm.
func (s *Store) PutAlarm(c Caller, in Alarm) error {
	defer s.enter()()
	p := s.place(c)
	invalid := func(format string, args ...any) error {
		return refuse("ValidationError", format, args...)
	}
	switch {
	case in.Name == "" || len(in.Name) > 255:
		return invalid("The alarm name must have from 1 to 255 characters")
	case !slices.Contains(comparisons, in.Compare):
		return invalid("Value '%s' at 'comparisonOperator' failed to satisfy constraint", in.Compare)
	case in.Periods < 1:
		return invalid("EvaluationPeriods must be at least 1")
	case in.ToAlarm != nil && (*in.ToAlarm < 1 || *in.ToAlarm > in.Periods):
		return invalid("DatapointsToAlarm must be from 1 to EvaluationPeriods")
	case (in.Metric == "") == (len(in.Queries) == 0):
		return invalid("An alarm takes either a metric or a list of metric queries")
	case in.Metric != "" && (in.Namespace == "" || in.Period == nil || (in.Statistic == "") == (in.Extended == "")):
		return invalid("An alarm of a metric takes a namespace, a period and either a statistic or an extended statistic")
	case in.Threshold == nil && in.BandOf == "":
		return invalid("An alarm takes a threshold")
	}
	old, there := p.alarms.get(in.Name)
	if there {
		in.Tags = old.Tags
	} else if err := checkTags(in.Tags, "ValidationError", "ValidationError"); err != nil {
		return err
	}
	in.ARN, in.Updated, in.Tags = p.arn("cloudwatch", "alarm:"+in.Name), s.stamp(), in.Tags.orNone()
	set(s, p.alarms, in.Name, in)
	return nil
}

// DescribeAlarms returns the caller's alarms by name: the named ones, or those
// whose names begin so.
func (s *Store) DescribeAlarms(c Caller, names []string, prefix string) []Alarm {
	defer s.enter()()
	read := reader[Alarm](s, c, 0)
	found, _ := list(s.place(c).alarms.all(), 0, 0, read, func(a Alarm) bool {
		return (len(names) == 0 || slices.Contains(names, a.Name)) && strings.HasPrefix(a.Name, prefix)
	})
	return byName(found, func(a Alarm) string { return a.Name })
}

// DeleteAlarms deletes alarms: all of them or none.
func (s *Store) DeleteAlarms(c Caller, names []string) error {
	defer s.enter()()
	p := s.place(c)
	for _, n := range names {
		if _, ok := p.alarms.get(n); !ok {
			return refuseWith(404, "ResourceNotFound", "The alarm %s does not exist", n)
		}
	}
	for _, n := range names {
		drop(s, p.alarms, n)
	}
	return nil
}

// TagAlarm changes the tags of the alarm with an ARN, and returns them.
func (s *Store) TagAlarm(c Caller, arn string, add Tags, remove []string) (Tags, error) {
	defer s.enter()()
	p := s.place(c)
	_, name, _ := strings.Cut(arn, ":alarm:")
	a, ok := one(s, c, p.alarms, name)
	if !ok {
		return nil, refuseWith(404, "ResourceNotFoundException", "Unknown: %s", arn)
	}
	if len(add)+len(remove) == 0 {
		return a.Tags, nil
	}
	var err error
	if a.Tags, err = retag(a.Tags, add, remove, "ValidationError", "InvalidParameterValue"); err == nil {
		set(s, p.alarms, name, a)
	}
	return a.Tags, err
}
