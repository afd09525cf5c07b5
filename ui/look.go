package ui

import (
	"countinghouse/ui/kit"
	"countinghouse/ui/present"
)

// status is how the kit draws the meaning of a state.
func status(s present.Status) kit.Status {
	switch s {
	case present.OK:
		return kit.StatusOK
	case present.TimingStatus:
		return kit.StatusTiming
	case present.Attention:
		return kit.StatusAttention
	case present.Break:
		return kit.StatusBreak
	case present.Unknown:
		return kit.StatusUnknown
	}
	return kit.StatusNeutral
}

func bar(k present.BarKind) kit.BarKind {
	switch k {
	case present.BarTotal:
		return kit.BarBalance
	case present.BarUp:
		return kit.BarAdds
	case present.BarDown:
		return kit.BarTakes
	}
	return kit.BarNothing
}

func ticks(list []present.Tick) []kit.Tick {
	out := make([]kit.Tick, len(list))
	for i, t := range list {
		out[i] = kit.Tick{At: t.At, Label: t.Text}
	}
	return out
}

// bridge is what the chart shows of a bridge.
func bridge(v present.BridgeView) kit.Bridge {
	b := kit.Bridge{Currency: string(v.Currency), Ticks: ticks(v.Ticks), Broken: v.Broken,
		AxisNote: v.AxisNote, Legend: [3]string{"adds", "takes away", "balance"},
		Titles: [3]string{"Step", "Class", "Items"},
		Foot: kit.BridgeFoot{Label: "Unexplained", Amount: v.Unexplained, Sentence: v.Verdict,
			Status: status(v.Status)}}
	for _, r := range v.Rows {
		b.Rows = append(b.Rows, kit.BridgeRow{ID: string(r.Step), Label: r.Label, Codes: r.Classes,
			Items: r.Items, Amount: r.Amount, Kind: bar(r.Bar), From: r.From, To: r.To,
			Opens: r.Opens})
	}
	return b
}

// composition is what the chart shows of a payout.
func composition(d *present.PayoutDetail) kit.Bridge {
	b := kit.Bridge{Currency: d.Currency, Broken: d.Broken,
		Titles: [3]string{"Composition", "", "Rows"}}
	if d.Broken {
		b.AxisNote = d.AxisNote
	}
	for _, p := range d.Parts {
		b.Rows = append(b.Rows, kit.BridgeRow{Label: p.Label, Items: p.Rows, Amount: p.Amount,
			Kind: bar(p.Bar), From: p.From, To: p.To})
	}
	return b
}

// chain is what the chart shows of the way from invoice to bank line.
func chain(d *present.Detail) kit.ChainView {
	var v kit.ChainView
	for _, c := range d.Columns {
		leg := kit.ChainLeg{ID: string(c.Item), Kind: c.Title, Name: c.ID, Icon: c.Icon,
			Differs: c.Differs}
		if c.Item == "" {
			leg.Name, leg.Missing = c.Missing, c.Lacks
		}
		v.Legs = append(v.Legs, leg)
	}
	for _, j := range d.Joints {
		v.Joints = append(v.Joints, joint(j))
	}
	for _, r := range d.Rows {
		row := kit.ChainRow{Label: r.Title, Quiet: r.Title == "Matched",
			Differs: make([]bool, len(r.Cells)), Joints: make([]bool, len(r.Joints))}
		for i, c := range r.Cells {
			row.Cells = append(row.Cells, c.Text)
			row.Differs[i] = c.Differs
			row.Amount = row.Amount || c.Number
		}
		for i, j := range r.Joints {
			row.Joints[i] = j == present.Differing
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func joint(j present.Joint) string {
	switch j {
	case present.Equal:
		return "="
	case present.Differing:
		return "≠"
	}
	return ""
}

// lag is what the chart shows of the days from charge to bank.
func lag(o *present.Overview) kit.Lag {
	l := kit.Lag{Legend: [2]string{"median", "1st to 99th percentile"}, Note: o.LagNote,
		Status: kit.StatusBreak}
	scale := 5
	for _, r := range o.Lags {
		scale = max(scale, r.Scale)
	}
	part := func(days int) float32 { return float32(days) / float32(scale) }
	for _, r := range o.Lags {
		row := kit.LagRow{Label: r.Title, Low: part(r.Low), Median: part(r.Median),
			High: part(r.High), Late: -1}
		for _, days := range r.Over {
			row.Late = max(row.Late, part(days))
		}
		l.Rows = append(l.Rows, row)
	}
	for i := range 6 {
		l.Ticks = append(l.Ticks, kit.Tick{At: float32(i) / 5, Label: present.Count(scale * i / 5)})
	}
	return l
}
