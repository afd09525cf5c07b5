package app

import "sync"

// lazy holds what a month works out once, when somebody asks for it first.
type lazy struct {
	sendersOnce sync.Once
	known       *senders
	indexOnce   sync.Once
	index       *index
	mu          sync.Mutex
	open        map[string][]part
}

// openOf remembers the open records of a leg and a kind, with what is left of each.
func (z *lazy) openOf(key string, fn func() []part) []part {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.open == nil {
		z.open = map[string][]part{}
	}
	list, ok := z.open[key]
	if !ok {
		list = fn()
		z.open[key] = list
	}
	return list
}

func (z *lazy) senders(fn func() *senders) *senders {
	z.sendersOnce.Do(func() { z.known = fn() })
	return z.known
}

func (z *lazy) found(fn func() *index) *index {
	z.indexOnce.Do(func() { z.index = fn() })
	return z.index
}
