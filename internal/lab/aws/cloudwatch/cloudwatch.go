// Package cloudwatch answers CloudWatch's actions on alarms from the lab's
// store. It has no metrics.
package cloudwatch

import (
	"context"
	"maps"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("cloudwatch", "cloudwatch", API,
		wire.Op("DeleteAlarms", h.deleteAlarms, "ResourceNotFound"),
		wire.Op("DescribeAlarms", h.describeAlarms),
		wire.Op("ListTagsForResource", h.listTagsForResource, "ResourceNotFoundException"),
		wire.Op("PutMetricAlarm", h.putMetricAlarm, "ValidationError"),
		wire.Op("TagResource", h.tagResource, "ResourceNotFoundException", "ValidationError", "InvalidParameterValue"),
		wire.Op("UntagResource", h.untagResource, "ResourceNotFoundException"),
	)
}

func tagMap(tags []Tag) state.Tags {
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func dimensions(list []Dimension) map[string]string {
	m := map[string]string{}
	for _, d := range list {
		m[wire.Value(d.Name)] = wire.Value(d.Value)
	}
	return m
}

func dimensionList(m map[string]string) []Dimension {
	list := []Dimension{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, Dimension{Name: new(k), Value: new(m[k])})
	}
	return list
}

func (h handlers) putMetricAlarm(_ context.Context, c wire.Caller, in *PutMetricAlarmInput) (*wire.Empty, error) {
	if in.EvaluationCriteria != nil {
		return nil, &wire.Error{Code: "ValidationError", Message: "The lab takes alarms of metrics and metric queries only.", Status: 400, Sender: true}
	}
	a := state.Alarm{
		Name: wire.Value(in.AlarmName), About: wire.Value(in.AlarmDescription), Enabled: in.ActionsEnabled == nil || *in.ActionsEnabled,
		OnAlarm: in.AlarmActions, OnOK: in.OKActions, OnNoData: in.InsufficientDataActions,
		Namespace: wire.Value(in.Namespace), Metric: wire.Value(in.MetricName), Dimensions: dimensions(in.Dimensions),
		Statistic: wire.Value(in.Statistic), Extended: wire.Value(in.ExtendedStatistic), Period: in.Period, Periods: wire.Value(in.EvaluationPeriods),
		ToAlarm: in.DatapointsToAlarm, Threshold: in.Threshold, BandOf: wire.Value(in.ThresholdMetricId), Compare: wire.Value(in.ComparisonOperator),
		Missing: wire.Value(in.TreatMissingData), LowSamples: wire.Value(in.EvaluateLowSampleCountPercentile), Unit: wire.Value(in.Unit), Tags: tagMap(in.Tags),
	}
	for _, q := range in.Metrics {
		to := state.MetricQuery{
			ID: wire.Value(q.Id), Expression: wire.Value(q.Expression), Label: wire.Value(q.Label), Account: wire.Value(q.AccountId), Period: q.Period, Returns: q.ReturnData,
		}
		if m := q.MetricStat; m != nil {
			to.Metric, to.Namespace, to.Dimensions = wire.Value(m.Metric.MetricName), wire.Value(m.Metric.Namespace), dimensions(m.Metric.Dimensions)
			to.Stat, to.StatPeriod, to.Unit = wire.Value(m.Stat), wire.Value(m.Period), wire.Value(m.Unit)
		}
		a.Queries = append(a.Queries, to)
	}
	if err := h.store.PutAlarm(state.Caller(c), a); err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func alarm(a state.Alarm) MetricAlarm {
	out := MetricAlarm{
		ActionsEnabled: &a.Enabled, AlarmActions: append([]string{}, a.OnAlarm...), OKActions: append([]string{}, a.OnOK...), InsufficientDataActions: append([]string{}, a.OnNoData...),
		AlarmArn: &a.ARN, AlarmConfigurationUpdatedTimestamp: &a.Updated, AlarmDescription: wire.Set(a.About), AlarmName: &a.Name,
		ComparisonOperator: &a.Compare, DatapointsToAlarm: a.ToAlarm, Dimensions: dimensionList(a.Dimensions), EvaluateLowSampleCountPercentile: wire.Set(a.LowSamples),
		EvaluationPeriods: &a.Periods, ExtendedStatistic: wire.Set(a.Extended), MetricName: wire.Set(a.Metric), Namespace: wire.Set(a.Namespace), Period: a.Period,
		StateReason: new("Unchecked: Initial alarm creation"), StateTransitionedTimestamp: &a.Updated, StateUpdatedTimestamp: &a.Updated, StateValue: new("INSUFFICIENT_DATA"),
		Statistic: wire.Set(a.Statistic), Threshold: a.Threshold, ThresholdMetricId: wire.Set(a.BandOf), TreatMissingData: wire.Set(a.Missing), Unit: wire.Set(a.Unit),
	}
	for _, q := range a.Queries {
		to := MetricDataQuery{AccountId: wire.Set(q.Account), Expression: wire.Set(q.Expression), Id: &q.ID, Label: wire.Set(q.Label), Period: q.Period, ReturnData: q.Returns}
		if q.Metric != "" {
			to.MetricStat = &MetricStat{
				Metric: &Metric{MetricName: &q.Metric, Namespace: &q.Namespace, Dimensions: dimensionList(q.Dimensions)}, Period: &q.StatPeriod, Stat: &q.Stat, Unit: wire.Set(q.Unit),
			}
		}
		out.Metrics = append(out.Metrics, to)
	}
	return out
}

func (h handlers) describeAlarms(_ context.Context, c wire.Caller, in *DescribeAlarmsInput) (*DescribeAlarmsOutput, error) {
	out := &DescribeAlarmsOutput{MetricAlarms: []MetricAlarm{}, CompositeAlarms: []CompositeAlarm{}}
	for _, a := range h.store.DescribeAlarms(state.Caller(c), in.AlarmNames, wire.Value(in.AlarmNamePrefix)) {
		out.MetricAlarms = append(out.MetricAlarms, alarm(a))
	}
	return out, nil
}

func (h handlers) deleteAlarms(_ context.Context, c wire.Caller, in *DeleteAlarmsInput) (*wire.Empty, error) {
	if err := h.store.DeleteAlarms(state.Caller(c), in.AlarmNames); err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	tags, err := h.store.TagAlarm(state.Caller(c), wire.Value(in.ResourceARN), nil, nil)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceOutput{Tags: []Tag{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, Tag{Key: new(k), Value: new(tags[k])})
	}
	return out, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceInput) (*TagResourceOutput, error) {
	if _, err := h.store.TagAlarm(state.Caller(c), wire.Value(in.ResourceARN), tagMap(in.Tags), nil); err != nil {
		return nil, err
	}
	return &TagResourceOutput{}, nil
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceInput) (*UntagResourceOutput, error) {
	if _, err := h.store.TagAlarm(state.Caller(c), wire.Value(in.ResourceARN), nil, in.TagKeys); err != nil {
		return nil, err
	}
	return &UntagResourceOutput{}, nil
}
