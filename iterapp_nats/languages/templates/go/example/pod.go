package main

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"example.com/board/natsconn"
)

const (
	jobID     = "Nats-Msg-Id"
	syncWait  = 2 * time.Second
	knownJobs = 1000
)

// Pod is one pod of the board: what it publishes, what it answers, and how it makes up for losses.
type Pod struct {
	Name  string
	Board *Board

	conn   *natsconn.Connection
	origin string

	mu        sync.Mutex
	sent      int
	givingUp  *time.Timer
	done      map[string][]byte
	doneOrder []string
	listeners map[chan Message]struct{}
}

// NewPod returns a pod that is not connected yet.
func NewPod() *Pod {
	name := cmp.Or(os.Getenv("HOSTNAME"), "local")
	return &Pod{
		Name:  name,
		Board: NewBoard(),
		// A new life has a new origin: its numbers begin again.
		origin:    strings.ReplaceAll(name, ".", "-") + "-" + randomHex(4),
		done:      map[string][]byte{},
		listeners: map[chan Message]struct{}{},
	}
}

// Start subscribes, and asks for what was said before.
func (p *Pod) Start(conn *natsconn.Connection) error {
	p.conn = conn
	subscriptions := []struct {
		subject, queue string
		handle         nats.MsgHandler
	}{
		{"board.message", "", func(msg *nats.Msg) { p.receive(msg, false) }},
		{"board.history." + p.origin, "", func(msg *nats.Msg) { p.receive(msg, true) }},
		{"board.sync", "", p.answerSync},
		{"board.job", "workers", p.doJob},
		{"board.done", "", func(msg *nats.Msg) { p.remember(msg.Header.Get(jobID), msg.Data) }},
	}
	for _, each := range subscriptions {
		if _, err := conn.QueueSubscribe(each.subject, each.queue, each.handle); err != nil {
			return err
		}
	}
	return p.FillGaps()
}

// Say tells all pods, this one too: what the page shows has been seen by the server.
func (p *Pod) Say(text string) error {
	if !p.conn.IsConnected() {
		return errors.New("not connected")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	message := Message{Origin: p.origin, Pod: p.Name, Seq: p.sent + 1, Text: text}
	if err := p.publish("board.message", message); err != nil {
		return err
	}
	p.sent++
	return nil
}

// RunJob lets one pod do it; a job that was not acknowledged is sent again under the same id.
func (p *Pod) RunJob(text string) (string, error) {
	request := nats.NewMsg("board.job")
	request.Data = []byte(text)
	request.Header.Set(jobID, randomHex(8))
	for range 5 {
		answer, err := p.conn.RequestMsg(request, 2*time.Second)
		if err == nil {
			return string(answer.Data), nil
		}
		time.Sleep(500 * time.Millisecond) // nobody there, or no answer in time
	}
	return "", errors.New("no pod did the job")
}

// FillGaps asks the other pods for what is missing: at the start, after a gap, after a reconnect.
func (p *Pod) FillGaps() error {
	data, err := json.Marshal(p.Board.Complete())
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.givingUp != nil {
		p.givingUp.Stop()
	}
	p.givingUp = time.AfterFunc(syncWait, p.Board.GiveUp)
	return p.conn.PublishRequest("board.sync", "board.history."+p.origin, data)
}

// Listen returns a channel of the messages that are new to this pod, and a function to end it.
func (p *Pod) Listen() (<-chan Message, func()) {
	listener := make(chan Message, boardLimit)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners[listener] = struct{}{}
	return listener, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.listeners, listener)
	}
}

func (p *Pod) receive(msg *nats.Msg, isHistory bool) {
	var message Message
	if err := json.Unmarshal(msg.Data, &message); err != nil {
		return
	}
	message.Filled = isHistory
	arrival := p.Board.Receive(message)
	if arrival == Known {
		return
	}
	if arrival == AfterGap {
		_ = p.FillGaps() // while disconnected it is asked again after the reconnect
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for listener := range p.listeners {
		select {
		case listener <- message:
		default: // a page that reads too slowly
		}
	}
}

func (p *Pod) answerSync(msg *nats.Msg) {
	var complete map[string]int
	isOwn := strings.HasSuffix(msg.Reply, "."+p.origin)
	if isOwn || json.Unmarshal(msg.Data, &complete) != nil {
		return
	}
	for _, message := range p.Board.Beyond(complete) {
		message.Filled = false
		_ = p.publish(msg.Reply, message)
	}
}

// doJob does a job and answers; the answer is the acknowledgement.
func (p *Pod) doJob(msg *nats.Msg) {
	id := msg.Header.Get(jobID)
	result, isDone := p.known(id)
	if !isDone {
		time.Sleep(20 * time.Millisecond) // here the work is done
		result = fmt.Appendf(nil, "%s (by %s)", strings.ToUpper(string(msg.Data)), p.Name)
		if id != "" {
			// All pods know a finished job, in case it is sent again and comes to another.
			p.remember(id, result)
			done := nats.NewMsg("board.done")
			done.Data = result
			done.Header.Set(jobID, id)
			_ = p.conn.PublishMsg(done)
		}
	}
	_ = msg.Respond(result)
}

func (p *Pod) known(id string) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	result, isDone := p.done[id]
	return result, isDone
}

func (p *Pod) remember(id string, result []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, isDone := p.done[id]; isDone {
		return
	}
	p.done[id] = result
	p.doneOrder = append(p.doneOrder, id)
	if len(p.doneOrder) > knownJobs {
		delete(p.done, p.doneOrder[0])
		p.doneOrder = p.doneOrder[1:]
	}
}

func (p *Pod) publish(subject string, message Message) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return p.conn.Publish(subject, data)
}

func randomHex(length int) string {
	data := make([]byte, length)
	_, _ = rand.Read(data) // never fails
	return hex.EncodeToString(data)
}
