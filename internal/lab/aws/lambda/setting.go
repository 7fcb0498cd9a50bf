package lambda

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) addPermission(_ context.Context, c wire.Caller, in *AddPermissionRequest) (*AddPermissionResponse, error) {
	if in.PrincipalOrgID != nil || in.EventSourceToken != nil || in.FunctionUrlAuthType != nil || in.InvokedViaFunctionUrl != nil {
		return nil, refuse("The lab's permissions have a source ARN and a source account as their only conditions.")
	}
	statement, err := h.store.AddPermission(state.Caller(c), qualified(in.FunctionName, in.Qualifier), state.PermissionInput{
		Sid: wire.Value(in.StatementId), Action: wire.Value(in.Action), Principal: wire.Value(in.Principal), SourceARN: wire.Value(in.SourceArn), SourceAccount: wire.Value(in.SourceAccount),
	})
	if err != nil {
		return nil, err
	}
	return &AddPermissionResponse{Statement: &statement}, nil
}

func (h handlers) getPolicy(_ context.Context, c wire.Caller, in *GetPolicyRequest) (*GetPolicyResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), qualified(in.FunctionName, in.Qualifier))
	if err != nil {
		return nil, err
	}
	policy := f.Policy()
	if policy == "" {
		return nil, &wire.Error{Code: "ResourceNotFoundException", Message: "The resource you requested does not exist.", Status: 404, Sender: true}
	}
	return &GetPolicyResponse{Policy: &policy, RevisionId: &f.Revision}, nil
}

func (h handlers) removePermission(_ context.Context, c wire.Caller, in *RemovePermissionRequest) (*wire.Empty, error) {
	return none(h.store.RemovePermission(state.Caller(c), qualified(in.FunctionName, in.Qualifier), wire.Value(in.StatementId)))
}

func (h handlers) listTags(_ context.Context, c wire.Caller, in *ListTagsRequest) (*ListTagsResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), wire.Value(in.Resource))
	if err != nil {
		return nil, err
	}
	if f.Tags == nil {
		f.Tags = state.Tags{}
	}
	return &ListTagsResponse{Tags: f.Tags}, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceRequest) (*wire.Empty, error) {
	return none(h.store.TagFunction(state.Caller(c), wire.Value(in.Resource), in.Tags, nil))
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceRequest) (*wire.Empty, error) {
	return none(h.store.TagFunction(state.Caller(c), wire.Value(in.Resource), nil, in.TagKeys))
}

func (h handlers) putFunctionConcurrency(_ context.Context, c wire.Caller, in *PutFunctionConcurrencyRequest) (*Concurrency, error) {
	if err := h.store.ReserveConcurrency(state.Caller(c), wire.Value(in.FunctionName), in.ReservedConcurrentExecutions); err != nil {
		return nil, err
	}
	return &Concurrency{ReservedConcurrentExecutions: in.ReservedConcurrentExecutions}, nil
}

func (h handlers) deleteFunctionConcurrency(_ context.Context, c wire.Caller, in *DeleteFunctionConcurrencyRequest) (*wire.Empty, error) {
	return none(h.store.ReserveConcurrency(state.Caller(c), wire.Value(in.FunctionName), nil))
}

func (h handlers) getFunctionConcurrency(_ context.Context, c wire.Caller, in *GetFunctionConcurrencyRequest) (*GetFunctionConcurrencyResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), wire.Value(in.FunctionName))
	if err != nil {
		return nil, err
	}
	return &GetFunctionConcurrencyResponse{ReservedConcurrentExecutions: f.Reserved}, nil
}

// async reads the settings of asynchronous invocations.
func async(retries, maxAge *int32, to *DestinationConfig) *state.AsyncConfig {
	cfg := &state.AsyncConfig{Retries: retries, MaxAge: maxAge}
	if to != nil && to.OnSuccess != nil {
		cfg.OnSuccess = wire.Value(to.OnSuccess.Destination)
	}
	if to != nil && to.OnFailure != nil {
		cfg.OnFailure = wire.Value(to.OnFailure.Destination)
	}
	return cfg
}

func asyncConfig(f state.Function) *FunctionEventInvokeConfig {
	a := f.Async
	out := &FunctionEventInvokeConfig{
		FunctionArn: new(f.ARN + ":$LATEST"), LastModified: &a.Modified, MaximumEventAgeInSeconds: a.MaxAge, MaximumRetryAttempts: a.Retries,
		DestinationConfig: &DestinationConfig{OnSuccess: &OnSuccess{}, OnFailure: &OnFailure{}},
	}
	out.DestinationConfig.OnSuccess.Destination = wire.Set(a.OnSuccess)
	out.DestinationConfig.OnFailure.Destination = wire.Set(a.OnFailure)
	return out
}

func (h handlers) putFunctionEventInvokeConfig(_ context.Context, c wire.Caller, in *PutFunctionEventInvokeConfigRequest) (*FunctionEventInvokeConfig, error) {
	f, err := h.store.SetAsync(state.Caller(c), qualified(in.FunctionName, in.Qualifier), async(in.MaximumRetryAttempts, in.MaximumEventAgeInSeconds, in.DestinationConfig))
	if err != nil {
		return nil, err
	}
	return asyncConfig(f), nil
}

// updateFunctionEventInvokeConfig changes what is given, and keeps the rest.
func (h handlers) updateFunctionEventInvokeConfig(_ context.Context, c wire.Caller, in *UpdateFunctionEventInvokeConfigRequest) (*FunctionEventInvokeConfig, error) {
	name := qualified(in.FunctionName, in.Qualifier)
	f, err := h.store.GetAsync(state.Caller(c), name)
	if err != nil {
		return nil, err
	}
	cfg, now := async(in.MaximumRetryAttempts, in.MaximumEventAgeInSeconds, in.DestinationConfig), *f.Async
	if cfg.Retries != nil {
		now.Retries = cfg.Retries
	}
	if cfg.MaxAge != nil {
		now.MaxAge = cfg.MaxAge
	}
	if in.DestinationConfig != nil {
		now.OnSuccess, now.OnFailure = cfg.OnSuccess, cfg.OnFailure
	}
	if f, err = h.store.SetAsync(state.Caller(c), name, &now); err != nil {
		return nil, err
	}
	return asyncConfig(f), nil
}

func (h handlers) getFunctionEventInvokeConfig(_ context.Context, c wire.Caller, in *GetFunctionEventInvokeConfigRequest) (*FunctionEventInvokeConfig, error) {
	f, err := h.store.GetAsync(state.Caller(c), qualified(in.FunctionName, in.Qualifier))
	if err != nil {
		return nil, err
	}
	return asyncConfig(f), nil
}

func (h handlers) deleteFunctionEventInvokeConfig(_ context.Context, c wire.Caller, in *DeleteFunctionEventInvokeConfigRequest) (*wire.Empty, error) {
	_, err := h.store.SetAsync(state.Caller(c), qualified(in.FunctionName, in.Qualifier), nil)
	return none(err)
}
