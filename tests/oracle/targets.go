package main

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
)

// populated makes a target of discovered labels.
func populated(c *testCase) any {
	job, err := onlyJob(*c.ConfigYAML)
	if err != nil {
		return object{"error": err.Error(), "stage": "config"}
	}
	target, group := labelSet(c.TargetLabels), labelSet(c.GroupLabels)
	builder := labels.NewBuilder(labels.EmptyLabels())
	scrape.PopulateDiscoveredLabels(builder, job, target, group)
	result := object{"discovered": pairs(builder.Labels())}
	set, err := scrape.PopulateLabels(builder, job, target, group)
	if err != nil {
		result["error"], result["stage"] = err.Error(), "target"
		return result
	}
	if set.IsEmpty() {
		result["dropped"] = true
		return result
	}
	made := scrape.NewTarget(set, job, target, group)
	public := labels.NewBuilder(labels.EmptyLabels())
	result["labels"], result["public_labels"] = pairs(set), pairs(made.Labels(public))
	result["url"] = made.URL().String()
	interval, err := model.ParseDuration(made.GetValue(model.ScrapeIntervalLabel))
	check(err)
	timeout, err := model.ParseDuration(made.GetValue(model.ScrapeTimeoutLabel))
	check(err)
	result["interval_ms"], result["timeout_ms"] = int64(interval)/1e6, int64(timeout)/1e6
	return result
}

func onlyJob(text string) (*config.ScrapeConfig, error) {
	loaded, err := config.Load(text, quiet)
	if err != nil {
		return nil, err
	}
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		return nil, err
	}
	return jobs[0], nil
}

func labelSet(list *[]pair) model.LabelSet {
	set := model.LabelSet{}
	if list != nil {
		for _, label := range *list {
			set[model.LabelName(label[0])] = model.LabelValue(label[1])
		}
	}
	return set
}
