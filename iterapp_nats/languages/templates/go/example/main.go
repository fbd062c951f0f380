// Board is a board that all pods share: the page, its live events, and two actions.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"

	"example.com/board/natsconn"
)

//go:embed index.html
var page []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	pod := NewPod()
	conn, err := natsconn.Connect(ctx, "board", nats.ReconnectHandler(func(*nats.Conn) {
		slog.Warn("reconnected to NATS, asking for what was missed")
		_ = pod.FillGaps()
	}))
	if err != nil {
		return err
	}
	if err := pod.Start(conn); err != nil {
		return err
	}
	server := &http.Server{
		Addr:              net.JoinHostPort(os.Getenv("HOST"), cmp.Or(os.Getenv("PORT"), "8080")),
		Handler:           routes(pod),
		ReadHeaderTimeout: 10 * time.Second,
	}
	listener, err := net.Listen("tcp", server.Addr)
	if err != nil {
		return err
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Close() // pages reconnect to another pod
	return conn.Wait(ctx)
}

func routes(pod *Pod) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !pod.conn.IsConnected() {
			http.Error(w, "not connected", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /events", pod.sendEvents)
	mux.HandleFunc("POST /messages", func(w http.ResponseWriter, r *http.Request) {
		text, err := readText(w, r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		if err := pod.Say(text); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "sent by %s\n", pod.Name)
	})
	mux.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		text, err := readText(w, r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		result, err := pod.RunJob(text)
		if err != nil {
			http.Error(w, err.Error(), http.StatusGatewayTimeout)
			return
		}
		fmt.Fprintln(w, result)
	})
	return mux
}

// sendEvents sends what is known, then what comes; the state every second, and with each message.
func (p *Pod) sendEvents(w http.ResponseWriter, r *http.Request) {
	listener, end := p.Listen()
	defer end()
	w.Header().Set("Content-Type", "text/event-stream")
	for _, message := range p.Board.Beyond(nil) {
		sendEvent(w, "message", message)
	}
	everySecond := time.NewTicker(time.Second)
	defer everySecond.Stop()
	for {
		sendEvent(w, "state", p.state())
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case message := <-listener:
			sendEvent(w, "message", message)
		case <-everySecond.C:
		case <-r.Context().Done():
			return
		}
	}
}

func (p *Pod) state() any {
	return struct {
		Pod       string `json:"pod"`
		Connected bool   `json:"connected"`
		Counts
	}{p.Name, p.conn.IsConnected(), p.Board.Counts()}
}

func sendEvent(w io.Writer, event string, data any) {
	text, _ := json.Marshal(data) // plain structs: cannot fail
	fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, text)
}

func readText(w http.ResponseWriter, r *http.Request) (string, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	return string(data), err
}
