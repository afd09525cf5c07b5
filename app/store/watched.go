package store

import (
	"context"

	"gorm.io/gorm/clause"

	"countinghouse/app/book"
)

// WatchState is what became of a file in a watched folder.
type WatchState string

// The states of a watched file.
const (
	// WatchSeen: it is there for the first time, or changed since the last look.
	WatchSeen WatchState = "seen"
	// WatchTaken: it was imported, or the books had it already.
	WatchTaken WatchState = "taken"
	// WatchWaits: somebody has to look at it.
	WatchWaits WatchState = "waits"
	// WatchOther: it is no statement.
	WatchOther WatchState = "other"
)

// WatchedFile is a file in a watched folder as it was at the last look.
type WatchedFile struct {
	Path string `gorm:"primaryKey"`
	// Size is in bytes, Modified in nanoseconds since 1970, both as the file's folder says.
	Size, Modified int64
	// Digest is the SHA-256 of a file that was read, in hex.
	Digest string
	State  WatchState
	Why    string
	At     book.Instant
}

// TableName is the table's name.
func (WatchedFile) TableName() string { return "watched_files" }

// WatchedFiles lists what was found in watched folders, by path.
func (s *Store) WatchedFiles(ctx context.Context) ([]WatchedFile, error) {
	var out []WatchedFile
	err := s.view(ctx, "watched files", func(t *tx) error {
		return t.gorm.Order("path").Find(&out).Error
	})
	return out, err
}

// SaveWatched keeps how a file is now.
func (s *Store) SaveWatched(ctx context.Context, f WatchedFile) error {
	return s.write(ctx, "save watched file", func(t *tx) error {
		return t.gorm.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error
	})
}
