// Package scheduler answers EventBridge Scheduler's actions from the lab's
// store.
package scheduler

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
	return wire.NewTable("scheduler", "scheduler", API,
		wire.Op("CreateSchedule", h.createSchedule, "ConflictException", "ResourceNotFoundException", "ValidationException"),
		wire.Op("CreateScheduleGroup", h.createScheduleGroup, "ConflictException", "ValidationException"),
		wire.Op("DeleteSchedule", h.deleteSchedule, "ResourceNotFoundException"),
		wire.Op("DeleteScheduleGroup", h.deleteScheduleGroup, "ResourceNotFoundException", "ValidationException"),
		wire.Op("GetSchedule", h.getSchedule, "ResourceNotFoundException"),
		wire.Op("GetScheduleGroup", h.getScheduleGroup, "ResourceNotFoundException"),
		wire.Op("ListSchedules", h.listSchedules),
		wire.Op("ListTagsForResource", h.listTagsForResource, "ResourceNotFoundException", "ValidationException"),
		wire.Op("TagResource", h.tagResource, "ResourceNotFoundException", "ValidationException"),
		wire.Op("UntagResource", h.untagResource, "ResourceNotFoundException", "ValidationException"),
		wire.Op("UpdateSchedule", h.updateSchedule, "ResourceNotFoundException", "ValidationException"),
	)
}

func tagMap(tags []Tag) state.Tags {
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func tagList(tags state.Tags) []Tag {
	list := []Tag{}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, Tag{Key: new(k), Value: new(tags[k])})
	}
	return list
}

// schedule reads what an input asks for.
func schedule(in *CreateScheduleInput) (state.Schedule, error) {
	t := in.Target
	if t.EcsParameters != nil || t.EventBridgeParameters != nil || t.KinesisParameters != nil || t.SageMakerPipelineParameters != nil || t.SqsParameters != nil {
		return state.Schedule{}, &wire.Error{Code: "ValidationException", Message: "Schedule " + wire.Value(in.Name) + ": the lab calls functions only.", Status: 400, Sender: true}
	}
	out := state.Schedule{
		Name: wire.Value(in.Name), Group: wire.Value(in.GroupName), Description: wire.Value(in.Description), Expression: wire.Value(in.ScheduleExpression),
		Timezone: wire.Value(in.ScheduleExpressionTimezone), State: wire.Value(in.State), After: wire.Value(in.ActionAfterCompletion), KMSKey: wire.Value(in.KmsKeyArn),
		Start: in.StartDate, End: in.EndDate, Window: wire.Value(in.FlexibleTimeWindow.Mode), WindowMax: in.FlexibleTimeWindow.MaximumWindowInMinutes,
		Target: state.ScheduleTarget{ARN: wire.Value(t.Arn), Role: wire.Value(t.RoleArn), Input: wire.Value(t.Input)},
	}
	if d := t.DeadLetterConfig; d != nil {
		out.Target.DeadLetter = wire.Value(d.Arn)
	}
	if r := t.RetryPolicy; r != nil {
		out.Target.Retry = state.RetryPolicy{MaxAge: r.MaximumEventAgeInSeconds, Attempts: r.MaximumRetryAttempts}
	}
	return out, nil
}

func (h handlers) put(c wire.Caller, in *CreateScheduleInput, update bool) (*string, error) {
	ask, err := schedule(in)
	if err != nil {
		return nil, err
	}
	made, err := h.store.PutSchedule(state.Caller(c), ask, update)
	return &made.ARN, err
}

func (h handlers) createSchedule(_ context.Context, c wire.Caller, in *CreateScheduleInput) (*CreateScheduleOutput, error) {
	arn, err := h.put(c, in, false)
	if err != nil {
		return nil, err
	}
	return &CreateScheduleOutput{ScheduleArn: arn}, nil
}

func (h handlers) updateSchedule(_ context.Context, c wire.Caller, in *UpdateScheduleInput) (*UpdateScheduleOutput, error) {
	arn, err := h.put(c, new(CreateScheduleInput(*in)), true)
	if err != nil {
		return nil, err
	}
	return &UpdateScheduleOutput{ScheduleArn: arn}, nil
}

func (h handlers) getSchedule(_ context.Context, c wire.Caller, in *GetScheduleInput) (*GetScheduleOutput, error) {
	x, err := h.store.GetSchedule(state.Caller(c), wire.Value(in.GroupName), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	t := &Target{
		Arn: &x.Target.ARN, RoleArn: &x.Target.Role, Input: wire.Set(x.Target.Input),
		RetryPolicy: &RetryPolicy{MaximumEventAgeInSeconds: x.Target.Retry.MaxAge, MaximumRetryAttempts: x.Target.Retry.Attempts},
	}
	if x.Target.DeadLetter != "" {
		t.DeadLetterConfig = &DeadLetterConfig{Arn: &x.Target.DeadLetter}
	}
	return &GetScheduleOutput{
		ActionAfterCompletion: &x.After, Arn: &x.ARN, CreationDate: &x.Created, Description: wire.Set(x.Description), EndDate: x.End,
		FlexibleTimeWindow: &FlexibleTimeWindow{Mode: &x.Window, MaximumWindowInMinutes: x.WindowMax}, GroupName: &x.Group, KmsKeyArn: wire.Set(x.KMSKey),
		LastModificationDate: &x.Modified, Name: &x.Name, ScheduleExpression: &x.Expression, ScheduleExpressionTimezone: &x.Timezone, StartDate: x.Start, State: &x.State, Target: t,
	}, nil
}

func (h handlers) listSchedules(_ context.Context, c wire.Caller, in *ListSchedulesInput) (*ListSchedulesOutput, error) {
	out := &ListSchedulesOutput{Schedules: []ScheduleSummary{}}
	for _, x := range h.store.ListSchedules(state.Caller(c), wire.Value(in.GroupName), wire.Value(in.NamePrefix), wire.Value(in.State)) {
		out.Schedules = append(out.Schedules, ScheduleSummary{
			Arn: &x.ARN, CreationDate: &x.Created, GroupName: &x.Group, LastModificationDate: &x.Modified, Name: &x.Name, State: &x.State, Target: &TargetSummary{Arn: &x.Target.ARN},
		})
	}
	return out, nil
}

func (h handlers) deleteSchedule(_ context.Context, c wire.Caller, in *DeleteScheduleInput) (*DeleteScheduleOutput, error) {
	if err := h.store.DeleteSchedule(state.Caller(c), wire.Value(in.GroupName), wire.Value(in.Name)); err != nil {
		return nil, err
	}
	return &DeleteScheduleOutput{}, nil
}

func (h handlers) createScheduleGroup(_ context.Context, c wire.Caller, in *CreateScheduleGroupInput) (*CreateScheduleGroupOutput, error) {
	g, err := h.store.CreateScheduleGroup(state.Caller(c), wire.Value(in.Name), tagMap(in.Tags))
	if err != nil {
		return nil, err
	}
	return &CreateScheduleGroupOutput{ScheduleGroupArn: &g.ARN}, nil
}

func (h handlers) getScheduleGroup(_ context.Context, c wire.Caller, in *GetScheduleGroupInput) (*GetScheduleGroupOutput, error) {
	g, err := h.store.GetScheduleGroup(state.Caller(c), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	return &GetScheduleGroupOutput{Arn: &g.ARN, CreationDate: &g.Created, LastModificationDate: &g.Modified, Name: &g.Name, State: &g.State}, nil
}

func (h handlers) deleteScheduleGroup(_ context.Context, c wire.Caller, in *DeleteScheduleGroupInput) (*DeleteScheduleGroupOutput, error) {
	if err := h.store.DeleteScheduleGroup(state.Caller(c), wire.Value(in.Name)); err != nil {
		return nil, err
	}
	return &DeleteScheduleGroupOutput{}, nil
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	tags, err := h.store.TagScheduleGroup(state.Caller(c), wire.Value(in.ResourceArn), nil, nil)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceOutput{Tags: tagList(tags)}, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceInput) (*TagResourceOutput, error) {
	if _, err := h.store.TagScheduleGroup(state.Caller(c), wire.Value(in.ResourceArn), tagMap(in.Tags), nil); err != nil {
		return nil, err
	}
	return &TagResourceOutput{}, nil
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceInput) (*UntagResourceOutput, error) {
	if _, err := h.store.TagScheduleGroup(state.Caller(c), wire.Value(in.ResourceArn), nil, in.TagKeys); err != nil {
		return nil, err
	}
	return &UntagResourceOutput{}, nil
}
