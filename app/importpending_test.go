package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestPendingLinesBecomeBookedOnes imports what a bank's page says from day to day: lines that are
// announced, without a date too, become booked ones, vanish, and are announced again.
func TestPendingLinesBecomeBookedOnes(t *testing.T) {
	a, _ := empty(t, nil)
	ctx := context.Background()
	if _, err := a.AddAccount(ctx, AccountRequest{Name: "operating", Currency: "EUR"}); err != nil {
		t.Fatal(err)
	}
	const head = "Date;Amount;Counterparty;Text;Status\n"
	const rent = "2026-10-14;-900,00;Landlord;RENT OCTOBER;booked\n"
	for i, c := range []struct {
		rows                   string
		added, booked, pending int
	}{
		{rent + "2026-10-15;-4,50;Café;CARD;pending\n;-80,00;Hotel Lux;RESERVATION;pending\n", 3, 1, 2},
		{"2026-10-16;-4,50;Café;CARD;booked\n;-80,00;Hotel Lux;RESERVATION;pending\n", 1, 2, 1},
		{"2026-10-17;-80,00;Hotel Lux;RESERVATION;booked\n2026-10-17;-7,00;Taxi;RIDE;pending\n", 2, 3, 1},
		{"2026-10-17;-80,00;Hotel Lux;RESERVATION;booked\n2026-10-18;-3,00;Kiosk;PAPER;booked\n", 1, 4, 0},
		{"2026-10-17;-80,00;Hotel Lux;RESERVATION;booked\n2026-10-17;-7,00;Taxi;RIDE;pending\n" +
			"2026-10-18;-3,00;Kiosk;PAPER;booked\n2026-10-18;-2,00;Kiosk;GUM;booked\n", 2, 5, 1},
		{rent + "2026-10-16;-4,50;Café;CARD;booked\n", 0, 5, 1},
	} {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("day%d.csv", i))
		if err := os.WriteFile(file, []byte(head+c.rows), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := a.Import(ctx, ImportRequest{Files: []string{file}, Account: "operating"}, func(Progress) {})
		if err != nil || r.Files[0].Err != nil {
			t.Fatalf("file %d: %v, %v", i, err, r.Files)
		}
		recs, err := a.store.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		booked := 0
		for _, l := range recs.Lines {
			if !l.Pending {
				booked++
			}
		}
		if n := len(recs.Lines) - booked; r.Files[0].New != c.added || booked != c.booked || n != c.pending {
			t.Errorf("file %d: %d new, %d booked, %d pending; want %d, %d, %d", i, r.Files[0].New, booked, n, c.added,
				c.booked, c.pending)
		}
	}
}
