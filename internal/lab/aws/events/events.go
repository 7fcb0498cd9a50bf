// Package events answers EventBridge's actions from the lab's store.
package events

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
	return wire.NewTable("events", "events", API,
		wire.Op("DeleteRule", h.deleteRule, "ResourceNotFoundException", "ValidationException"),
		wire.Op("DescribeRule", h.describeRule, "ResourceNotFoundException"),
		wire.Op("DisableRule", h.disableRule, "ResourceNotFoundException"),
		wire.Op("EnableRule", h.enableRule, "ResourceNotFoundException"),
		wire.Op("ListRules", h.listRules, "ResourceNotFoundException"),
		wire.Op("ListTagsForResource", h.listTagsForResource, "ResourceNotFoundException", "ValidationException"),
		wire.Op("ListTargetsByRule", h.listTargetsByRule, "ResourceNotFoundException"),
		wire.Op("PutRule", h.putRule, "InvalidEventPatternException", "ValidationException", "ResourceNotFoundException", "LimitExceededException"),
		wire.Op("PutTargets", h.putTargets, "ResourceNotFoundException", "LimitExceededException", "ValidationException"),
		wire.Op("RemoveTargets", h.removeTargets, "ResourceNotFoundException"),
		wire.Op("TagResource", h.tagResource, "ResourceNotFoundException", "ValidationException", "LimitExceededException"),
		wire.Op("UntagResource", h.untagResource, "ResourceNotFoundException", "ValidationException"),
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

func none(err error) (*wire.Empty, error) {
	if err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func (h handlers) putRule(_ context.Context, c wire.Caller, in *PutRuleRequest) (*PutRuleResponse, error) {
	r, err := h.store.PutRule(state.Caller(c), wire.Value(in.EventBusName), state.EventRuleInput{
		Name: wire.Value(in.Name), Description: wire.Value(in.Description), Pattern: wire.Value(in.EventPattern), Schedule: wire.Value(in.ScheduleExpression),
		Role: wire.Value(in.RoleArn), State: wire.Value(in.State), Tags: tagMap(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &PutRuleResponse{RuleArn: &r.ARN}, nil
}

func (h handlers) describeRule(_ context.Context, c wire.Caller, in *DescribeRuleRequest) (*DescribeRuleResponse, error) {
	r, err := h.store.DescribeRule(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	return &DescribeRuleResponse{
		Arn: &r.ARN, CreatedBy: &c.Account, Description: wire.Set(r.Description), EventBusName: new("default"), EventPattern: wire.Set(r.Pattern),
		Name: &r.Name, RoleArn: wire.Set(r.Role), ScheduleExpression: wire.Set(r.Schedule), State: &r.State,
	}, nil
}

func (h handlers) listRules(_ context.Context, c wire.Caller, in *ListRulesRequest) (*ListRulesResponse, error) {
	found, err := h.store.ListRules(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.NamePrefix))
	if err != nil {
		return nil, err
	}
	out := &ListRulesResponse{Rules: []Rule{}}
	for _, r := range found {
		out.Rules = append(out.Rules, Rule{
			Arn: &r.ARN, Description: wire.Set(r.Description), EventBusName: new("default"), EventPattern: wire.Set(r.Pattern),
			Name: &r.Name, RoleArn: wire.Set(r.Role), ScheduleExpression: wire.Set(r.Schedule), State: &r.State,
		})
	}
	return out, nil
}

func (h handlers) enableRule(_ context.Context, c wire.Caller, in *EnableRuleRequest) (*wire.Empty, error) {
	return none(h.store.EnableRule(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Name), true))
}

func (h handlers) disableRule(_ context.Context, c wire.Caller, in *DisableRuleRequest) (*wire.Empty, error) {
	return none(h.store.EnableRule(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Name), false))
}

func (h handlers) deleteRule(_ context.Context, c wire.Caller, in *DeleteRuleRequest) (*wire.Empty, error) {
	return none(h.store.DeleteRule(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Name)))
}

// putTargets takes what a function needs as a target. The parameters of other
// kinds of target are refused by name.
func (h handlers) putTargets(_ context.Context, c wire.Caller, in *PutTargetsRequest) (*PutTargetsResponse, error) {
	var targets []state.EventTarget
	for _, t := range in.Targets {
		if t.InputTransformer != nil || t.EcsParameters != nil || t.BatchParameters != nil || t.KinesisParameters != nil || t.HttpParameters != nil ||
			t.RedshiftDataParameters != nil || t.RunCommandParameters != nil || t.SageMakerPipelineParameters != nil || t.SqsParameters != nil || t.AppSyncParameters != nil {
			return nil, &wire.Error{Code: "ValidationException", Message: "Target " + wire.Value(t.Id) + ": the lab calls functions only, and transforms no input.", Status: 400, Sender: true}
		}
		to := state.EventTarget{ID: wire.Value(t.Id), ARN: wire.Value(t.Arn), Role: wire.Value(t.RoleArn), Input: wire.Value(t.Input), InputPath: wire.Value(t.InputPath)}
		if d := t.DeadLetterConfig; d != nil {
			to.DeadLetter = wire.Value(d.Arn)
		}
		if r := t.RetryPolicy; r != nil {
			to.Retry = state.RetryPolicy{MaxAge: r.MaximumEventAgeInSeconds, Attempts: r.MaximumRetryAttempts}
		}
		targets = append(targets, to)
	}
	if err := h.store.PutTargets(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Rule), targets); err != nil {
		return nil, err
	}
	return &PutTargetsResponse{FailedEntries: []PutTargetsResultEntry{}, FailedEntryCount: new(int32(0))}, nil
}

func (h handlers) listTargetsByRule(_ context.Context, c wire.Caller, in *ListTargetsByRuleRequest) (*ListTargetsByRuleResponse, error) {
	r, err := h.store.DescribeRule(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Rule))
	if err != nil {
		return nil, err
	}
	out := &ListTargetsByRuleResponse{Targets: []Target{}}
	for _, t := range r.Targets {
		to := Target{Arn: &t.ARN, Id: &t.ID, Input: wire.Set(t.Input), InputPath: wire.Set(t.InputPath), RoleArn: wire.Set(t.Role)}
		if t.DeadLetter != "" {
			to.DeadLetterConfig = &DeadLetterConfig{Arn: &t.DeadLetter}
		}
		if t.Retry != (state.RetryPolicy{}) {
			to.RetryPolicy = &RetryPolicy{MaximumEventAgeInSeconds: t.Retry.MaxAge, MaximumRetryAttempts: t.Retry.Attempts}
		}
		out.Targets = append(out.Targets, to)
	}
	return out, nil
}

func (h handlers) removeTargets(_ context.Context, c wire.Caller, in *RemoveTargetsRequest) (*RemoveTargetsResponse, error) {
	unknown, err := h.store.RemoveTargets(state.Caller(c), wire.Value(in.EventBusName), wire.Value(in.Rule), in.Ids)
	if err != nil {
		return nil, err
	}
	out := &RemoveTargetsResponse{FailedEntries: []RemoveTargetsResultEntry{}, FailedEntryCount: new(int32(len(unknown)))}
	for _, id := range unknown {
		out.FailedEntries = append(out.FailedEntries, RemoveTargetsResultEntry{ErrorCode: new("ResourceNotFoundException"), ErrorMessage: new("The target does not exist."), TargetId: &id})
	}
	return out, nil
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	tags, err := h.store.TagRule(state.Caller(c), wire.Value(in.ResourceARN), nil, nil)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceResponse{Tags: tagList(tags)}, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceRequest) (*TagResourceResponse, error) {
	if _, err := h.store.TagRule(state.Caller(c), wire.Value(in.ResourceARN), tagMap(in.Tags), nil); err != nil {
		return nil, err
	}
	return &TagResourceResponse{}, nil
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceRequest) (*UntagResourceResponse, error) {
	if _, err := h.store.TagRule(state.Caller(c), wire.Value(in.ResourceARN), nil, in.TagKeys); err != nil {
		return nil, err
	}
	return &UntagResourceResponse{}, nil
}
