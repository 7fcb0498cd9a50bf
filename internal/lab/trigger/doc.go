// Package trigger provides EventBridge's event patterns and the schedules that
// it and EventBridge Scheduler run. It does no I/O and reads no clock.
//
// Source: EventBridge user guide, event patterns, comparison operators;
// EventBridge Scheduler user guide, schedule types.
package trigger
