package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

// Client speaks to a lab's control API.
type Client struct {
	URL   string       // such as http://127.0.0.1:4566
	Token string       // of the control API
	HTTP  *http.Client // nil: a client without proxy
}

// direct ignores proxies: a lab is on this machine.
var direct = &http.Client{Transport: &http.Transport{}}

// StatusError is a refusal of the control API.
type StatusError struct {
	Status  int // HTTP
	Message string
	ours    bool // in a lab's own form, and not just any HTTP server's
}

// Error returns the lab's own words.
func (e *StatusError) Error() string { return e.Message }

// AddressError is a value of POSTERN_LAB that cannot be a lab's.
type AddressError struct{ text string }

// Error names the variable, its value and what is right there.
func (e *AddressError) Error() string { return "read " + EnvURL + ": " + e.text }

// Find returns a client of the running lab: at POSTERN_LAB, or on the default
// port. The token is POSTERN_LAB_TOKEN, or that of the lab's token file. The
// error is an [*AddressError] if POSTERN_LAB is no lab's address.
func Find(getenv func(string) string) (*Client, error) {
	address, given := "http://"+DefaultAddress, getenv(EnvURL)
	if given != "" {
		address = given
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Port() == "" {
		return nil, &AddressError{fmt.Sprintf("%q is not a lab's URL, such as http://%s", given, DefaultAddress)}
	}
	if a, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !a.IsLoopback()) {
		return nil, &AddressError{fmt.Sprintf("%q is not on this machine: a lab always is", given)}
	}
	token := getenv(EnvToken)
	if token == "" {
		a, err := readAnnouncement(u.Port())
		if isNotExist(err) {
			return nil, fmt.Errorf("find lab: %s", unannounced(u, given))
		}
		if err != nil {
			return nil, fmt.Errorf("find lab: %w", err)
		}
		token = a.Token
	}
	return &Client{URL: "http://" + net.JoinHostPort(u.Hostname(), u.Port()), Token: token}, nil
}

// lookTime bounds a look at who answers on a port of this machine.
const lookTime = 2 * time.Second

// unannounced says what is at a lab's address that has no token file.
func unannounced(u *url.URL, given string) string {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	_, err := (&Client{URL: "http://" + u.Host}).State(ctx)
	refused, answered := errors.AsType[*StatusError](err)
	var text string
	switch {
	case answered && refused.ours:
		return fmt.Sprintf("a lab answers on port %s, but its token is not yours: its user has it, in the token file or by `lab exec`; set %s to it", u.Port(), EnvToken)
	case answered || err == nil || !errors.Is(err, syscall.ECONNREFUSED):
		text = fmt.Sprintf("what answers on port %s is no lab: ", u.Port())
	default:
		text = fmt.Sprintf("none is running on port %s: ", u.Port())
	}
	if given == "" {
		return text + fmt.Sprintf("start one with `postern lab up`, or name one with %s", EnvURL)
	}
	return text + fmt.Sprintf("%s names it: correct it, or unset it", EnvURL)
}

// State returns the lab's state.
func (c *Client) State(ctx context.Context) (*State, error) {
	var s State
	if err := c.do(ctx, http.MethodGet, "state", nil, &s); err != nil {
		return nil, fmt.Errorf("read lab state: %w", err)
	}
	return &s, nil
}

// AddFault puts a fault, given by its text, in force.
func (c *Client) AddFault(ctx context.Context, text string) (faults.Active, error) {
	var doc faultsDoc
	if err := c.do(ctx, http.MethodPost, "faults", faultDoc{text}, &doc); err != nil {
		return faults.Active{}, fmt.Errorf("add fault: %w", err)
	}
	if len(doc.Faults) != 1 {
		return faults.Active{}, fmt.Errorf("add fault: the lab answered with %d faults", len(doc.Faults))
	}
	return doc.Faults[0], nil
}

// Faults returns the faults in force.
func (c *Client) Faults(ctx context.Context) ([]faults.Active, error) {
	var doc faultsDoc
	if err := c.do(ctx, http.MethodGet, "faults", nil, &doc); err != nil {
		return nil, fmt.Errorf("list faults: %w", err)
	}
	return doc.Faults, nil
}

// ClearFaults ends every fault and returns how many there were.
func (c *Client) ClearFaults(ctx context.Context) (int, error) {
	var doc clearedDoc
	if err := c.do(ctx, http.MethodDelete, "faults", nil, &doc); err != nil {
		return 0, fmt.Errorf("clear faults: %w", err)
	}
	return doc.Cleared, nil
}

// RemoveFault ends one fault.
func (c *Client) RemoveFault(ctx context.Context, id int) error {
	if err := c.do(ctx, http.MethodDelete, "faults/"+strconv.Itoa(id), nil, &clearedDoc{}); err != nil {
		return fmt.Errorf("remove fault %d: %w", id, err)
	}
	return nil
}

// Move starts a move. Account and Region may be empty if the cluster's name
// is the only one of its kind.
func (c *Client) Move(ctx context.Context, m Move) (Moved, error) {
	var doc movedDoc
	if err := c.do(ctx, http.MethodPost, "moves", m, &doc); err != nil {
		return Moved{}, fmt.Errorf("move cluster %q: %w", m.Cluster, err)
	}
	return doc.Moved, nil
}

// Calls returns the API calls that the lab answered from number after on, and
// the number to go on with.
func (c *Client) Calls(ctx context.Context, after int) (calls []state.Call, next int, err error) {
	var doc callsDoc
	if err := c.do(ctx, http.MethodGet, "calls?after="+strconv.Itoa(after), nil, &doc); err != nil {
		return nil, 0, fmt.Errorf("list calls: %w", err)
	}
	return doc.Calls, doc.Next, nil
}

// maxAnswer bounds what a client reads: the state of a thousand clusters is a
// few megabytes.
const maxAnswer = 256 << 20

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+controlPath+path, body)
	if err != nil {
		return err
	}
	req.Header.Set(tokenHeader, c.Token)
	client := c.HTTP
	if client == nil {
		client = direct
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		var doc errorDoc
		ours := json.Unmarshal(text, &doc) == nil && doc.Error != ""
		if !ours {
			doc.Error = "answered " + resp.Status + ", not as a lab does"
		}
		return &StatusError{resp.StatusCode, doc.Error, ours}
	}
	return json.Unmarshal(text, out)
}
