package kube

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
)

// A webhook tells a real API server whose a bearer token is. It answers on
// loopback, at a path that nobody can guess. Source: Kubernetes
// documentation, "Authenticating", webhook token authentication.
type webhook struct {
	admin        string // the lab's own token
	authenticate func(token string) (User, error)
	log          *slog.Logger
	url          string
	server       *http.Server
	served       chan struct{}
}

func newWebhook(admin string, authenticate func(string) (User, error), l *slog.Logger) (*webhook, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start token webhook: %w", err)
	}
	secret := "/" + rand.Text()
	h := &webhook{admin: admin, authenticate: authenticate, log: l, url: "http://" + listener.Addr().String() + secret, served: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle("POST "+secret, h)
	h.server = &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTime, ErrorLog: slog.NewLogLogger(l.Handler(), slog.LevelDebug)}
	go func() {
		defer close(h.served)
		if err := h.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.Error("token webhook ended by itself", "error", err)
		}
	}()
	return h, nil
}

// config is the kubeconfig by which the API server finds the webhook.
func (h *webhook) config() string {
	return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "lab", "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
"clusters": [{"name": "lab", "cluster": {"server": %q}}], "users": [{"name": "lab", "user": {}}]}`, h.url)
}

// tokenReview is the question and the answer.
type tokenReview struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Spec       struct {
		Token string `json:"token"`
	} `json:"spec,omitzero"`
	Status struct {
		Authenticated bool  `json:"authenticated"`
		User          *User `json:"user,omitempty"`
	} `json:"status"`
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in tokenReview
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := tokenReview{Kind: in.Kind, APIVersion: in.APIVersion}
	user, err := User{Name: "lab", Groups: []string{Masters}}, error(nil)
	if in.Spec.Token != h.admin {
		user, err = h.authenticate(in.Spec.Token)
	}
	if err == nil {
		out.Status.Authenticated, out.Status.User = true, &user
	} else {
		h.log.Debug("token refused", "error", err)
	}
	answer(w, http.StatusOK, out)
}

func (h *webhook) close() error {
	err := h.server.Close()
	<-h.served
	return err
}
