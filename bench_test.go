//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rowsPerCustomer is about how many records of all kinds a customer of the pretend business brings
// in its two months: services, invoices, payments, transactions and bank lines.
const rowsPerCustomer = 6.3

// BenchmarkMonth runs the commands of a month as processes of their own, at three sizes: sync over
// loopback from the simulators, import, reconcile, and export of the workbook. It reports records
// per second and the peak memory of each process, and how much longer each step takes a record than
// at the size before (growth; 1 is linear).
func BenchmarkMonth(b *testing.B) {
	last := map[string]float64{}
	for _, size := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", size), func(b *testing.B) {
			for b.Loop() {
				month(b, size, last)
			}
		})
	}
}

// peakKB runs a command and returns the largest memory that it had, in KiB. The kernel's own figure for
// an ended child counts the parent's memory at its birth too, so the child's is read while it lives.
func peakKB(c *exec.Cmd) (int64, error) {
	if err := c.Start(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	status := fmt.Sprintf("/proc/%d/status", c.Process.Pid)
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	var peak int64
	for {
		select {
		case err := <-done:
			return peak, err
		case <-every.C:
			text, err := os.ReadFile(status)
			if err != nil {
				continue
			}
			if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
				var kb int64
				if _, err := fmt.Sscan(rest, &kb); err == nil {
					peak = max(peak, kb)
				}
			}
		}
	}
}

func month(b *testing.B, size int, last map[string]float64) {
	p := served(b, 1, int(float64(size)/rowsPerCustomer))
	books := p.books(b)
	var files [][]string
	for _, a := range p.sand.Config().Accounts {
		files = append(files, append([]string{"import", "--account", string(a.Name)},
			p.files[a.Name]...))
	}
	rows := p.sand.Records()
	measure := func(step string, args ...[]string) {
		began := time.Now()
		var peak int64
		for _, a := range args {
			c := p.command(books, a...)
			c.Stderr = os.Stderr
			kb, err := peakKB(c)
			if err != nil && c.ProcessState.ExitCode() != 3 {
				b.Fatalf("%v: %v", a, err)
			}
			peak = max(peak, kb)
		}
		took := time.Since(began).Seconds()
		rows := rows
		if step == "import" {
			rows = p.sand.BankLines()
		}
		each := took / float64(rows)
		b.ReportMetric(float64(rows)/took, step+"-rows/s")
		b.ReportMetric(float64(peak)/1024, step+"-peak-MB")
		if before := last[step]; before > 0 {
			b.ReportMetric(each/before, step+"-growth")
		}
		last[step] = each
	}
	measure("sync", []string{"sync"})
	measure("again", []string{"sync"})
	measure("import", files...)
	measure("reconcile", []string{"reconcile", "--quiet"})
	measure("rerun", []string{"reconcile", "--quiet"})
	measure("export", []string{"export", "--period", "2026-10", "--out",
		filepath.Join(books, "pack.xlsx")})
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(0, "ns/op")
}
