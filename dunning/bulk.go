package dunning

// Bulk are the brakes of a run that retries many at once.
type Bulk struct {
	// Most is the cap of a run, First the small part whose outcome the rest waits for, Anomaly how many
	// times the usual share of refusals stops the run.
	Most    int `toml:"most"`
	First   int `toml:"first"`
	Anomaly int `toml:"anomaly"`
}
