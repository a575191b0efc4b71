package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/logging"
)

type captured struct {
	labels labels.Labels
	time   int64
	value  string
}

// capture takes every sample, and keeps the first batch that is committed.
type capture struct {
	mutex sync.Mutex
	first []captured
	done  chan struct{}
}

type appender struct {
	to    *capture
	batch []captured
}

func (c *capture) AppenderV2(context.Context) storage.AppenderV2 { return &appender{to: c} }

func (a *appender) Append(
	ref storage.SeriesRef, set labels.Labels, _, t int64, v float64,
	h *histogram.Histogram, fh *histogram.FloatHistogram, _ storage.AppendV2Options,
) (storage.SeriesRef, error) {
	value := number(v)
	switch {
	case h != nil:
		value = h.String()
	case fh != nil:
		value = fh.String()
	}
	a.batch = append(a.batch, captured{set.Copy(), t, value})
	return ref + 1, nil
}

func (a *appender) Commit() error {
	a.to.mutex.Lock()
	defer a.to.mutex.Unlock()
	if a.to.first == nil {
		a.to.first = a.batch
		close(a.to.done)
	}
	return nil
}

func (a *appender) Rollback() error { return nil }

func noFailureLog(string) (*logging.JSONFileLogger, error) { return nil, nil }

// scraped gives one scrape the answer.
func scraped(c *testCase) any {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // Go would guess one.
		if *c.ContentType != "" {
			w.Header().Set("Content-Type", *c.ContentType)
		}
		if c.Status != 0 {
			w.WriteHeader(c.Status)
		}
		_, _ = w.Write([]byte(*c.Body))
	}))
	defer server.Close()
	loaded, err := config.Load(*c.ConfigYAML, quiet)
	if err != nil {
		return nil
	}
	sink := &capture{done: make(chan struct{})}
	options := &scrape.Options{DiscoveryReloadOnStartup: true}
	manager, err := scrape.NewManager(options, quiet, noFailureLog, nil, sink, prometheus.NewRegistry())
	check(err)
	if err := manager.ApplyConfig(loaded); err != nil {
		return nil
	}
	target := labelSet(c.TargetLabels)
	target[model.AddressLabel] = model.LabelValue(server.Listener.Addr().String())
	sets := make(chan map[string][]*targetgroup.Group, 1)
	sets <- map[string][]*targetgroup.Group{"j": {{Targets: []model.LabelSet{target}}}}
	go func() { _ = manager.Run(sets) }()
	defer manager.Stop()
	select {
	case <-sink.done:
	case <-time.After(15 * time.Second):
		return nil
	}
	result := object{"error": nil}
	for waiting := 0; waiting < 100; waiting++ { // It is noted after the commit.
		if targets := manager.TargetsActive()["j"]; len(targets) > 0 && targets[0].Health() != scrape.HealthUnknown {
			if err := targets[0].LastError(); err != nil {
				result["error"] = err.Error()
			}
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	sink.mutex.Lock()
	defer sink.mutex.Unlock()
	at := len(sink.first) - 1
	for at > 0 && sink.first[at].labels.Get(model.MetricNameLabel) != "up" {
		at--
	}
	now := sink.first[at].time
	samples, report := []any{}, []any{}
	for i, sample := range sink.first {
		shown := object{"labels": pairs(sample.labels), "value": sample.value}
		switch {
		case i < at:
			shown["ts"] = nil
			if sample.time != now {
				shown["ts"] = sample.time
			}
			samples = append(samples, shown)
		case sample.labels.Get(model.MetricNameLabel) != "scrape_duration_seconds":
			report = append(report, shown)
		}
	}
	result["samples"], result["report"] = samples, report
	return result
}
