package main

import (
	"maps"
	"sync"
)

// Message is what one pod said. Origin is one life of one pod, Seq counts its messages from 1.
type Message struct {
	Origin string `json:"origin"`
	Pod    string `json:"pod"`
	Seq    int    `json:"seq"`
	Text   string `json:"text"`
	Filled bool   `json:"filled"`
}

// Arrival says what a message was to the board.
type Arrival int

const (
	New Arrival = iota
	Known
	AfterGap
)

const boardLimit = 1000

// Board is what a pod knows: the newest messages of all pods, and which it has missed.
//
// NATS delivers at most once, and in order per publisher. So each pod numbers its own messages,
// and whoever sees a number left out asks the other pods for what is missing.
type Board struct {
	mu       sync.Mutex
	messages []Message
	counts   Counts
	complete map[string]int              // all up to this number are known
	ahead    map[string]map[int]struct{} // and these beyond it
	missing  map[string]map[int]struct{}
}

// Counts are the messages that did not come live.
type Counts struct {
	Missed int `json:"missed"`
	Filled int `json:"filled"`
	Lost   int `json:"lost"`
}

// NewBoard returns an empty board.
func NewBoard() *Board {
	return &Board{
		complete: map[string]int{},
		ahead:    map[string]map[int]struct{}{},
		missing:  map[string]map[int]struct{}{},
	}
}

// Receive takes a message once; Filled says that it came as history, not live.
func (b *Board) Receive(message Message) Arrival {
	b.mu.Lock()
	defer b.mu.Unlock()
	origin, seq := message.Origin, message.Seq
	if b.ahead[origin] == nil {
		b.ahead[origin], b.missing[origin] = map[int]struct{}{}, map[int]struct{}{}
	}
	ahead, missing := b.ahead[origin], b.missing[origin]
	if _, isAhead := ahead[seq]; isAhead || seq <= b.complete[origin] {
		return Known
	}
	gap := 0
	for before := b.complete[origin] + 1; before < seq; before++ {
		_, isAhead := ahead[before]
		if _, isMissing := missing[before]; isAhead || isMissing {
			continue
		}
		missing[before] = struct{}{}
		gap++
	}
	b.counts.Missed += gap
	if message.Filled {
		if _, wasMissing := missing[seq]; !wasMissing {
			b.counts.Missed++
		}
		b.counts.Filled++
	}
	delete(missing, seq)
	ahead[seq] = struct{}{}
	b.advance(origin)
	b.messages = append(b.messages, message)
	b.messages = b.messages[max(0, len(b.messages)-boardLimit):]
	if gap > 0 {
		return AfterGap
	}
	return New
}

// Complete returns for each origin up to which number nothing is missing.
func (b *Board) Complete() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.complete)
}

// Beyond returns what somebody lacks who has all up to these numbers.
func (b *Board) Beyond(complete map[string]int) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []Message
	for _, message := range b.messages {
		if message.Seq > complete[message.Origin] {
			found = append(found, message)
		}
	}
	return found
}

// GiveUp counts as lost what nobody had, and goes on.
func (b *Board) GiveUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for origin, missing := range b.missing {
		b.counts.Lost += len(missing)
		maps.Copy(b.ahead[origin], missing)
		clear(missing)
		b.advance(origin)
	}
}

// Counts returns how many messages did not come live.
func (b *Board) Counts() Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}

func (b *Board) advance(origin string) {
	ahead := b.ahead[origin]
	for {
		next := b.complete[origin] + 1
		if _, isAhead := ahead[next]; !isAhead {
			return
		}
		delete(ahead, next)
		b.complete[origin] = next
	}
}
