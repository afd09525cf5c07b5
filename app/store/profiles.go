package store

import (
	"context"
)

// Profiles lists how files are read, in JSON, by shape.
func (s *Store) Profiles(ctx context.Context) (map[string]string, error) {
	var rows []profileRow
	err := s.view(ctx, "import profiles", func(t *tx) error { return t.gorm.Find(&rows).Error })
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Shape] = r.Profile
	}
	return out, err
}
