package app

import "sync"

// lazy holds what a month works out once, when somebody asks for it first.
type lazy struct {
	sendersOnce sync.Once
	known       *senders
	indexOnce   sync.Once
	index       *index
}

func (z *lazy) senders(fn func() *senders) *senders {
	z.sendersOnce.Do(func() { z.known = fn() })
	return z.known
}

func (z *lazy) found(fn func() *index) *index {
	z.indexOnce.Do(func() { z.index = fn() })
	return z.index
}
