package main

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"time"
	"unsafe"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/discovery"
	sd "github.com/prometheus/prometheus/discovery/kubernetes"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
)

// Nothing changes, so silence of this length is the end.
const silence = 500 * time.Millisecond

func init() {
	// The client without a network answers no list that comes as a watch.
	check(os.Setenv("KUBE_FEATURE_WatchListClient", "false"))
}

// discovered runs the discovery of a role on objects that a client without a network holds.
func discovered(c *testCase) any {
	var settings sd.SDConfig
	if err := yaml.UnmarshalStrict([]byte(c.SDConfigYAML), &settings); err != nil {
		return nil
	}
	var objects []runtime.Object
	for _, text := range *c.Objects {
		decoded, _, err := scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
		if err != nil {
			return nil
		}
		objects = append(objects, decoded)
	}
	// A client for no server, in whose place the one with the objects is put: the field is private, and so is its type.
	settings.APIServer.URL = unreachable
	registry := prometheus.NewRegistry()
	refresh := discovery.NewRefreshMetrics(registry)
	d, err := sd.New(quiet, settings.NewDiscovererMetrics(registry, refresh), &settings)
	check(err)
	field := reflect.ValueOf(d).Elem().FieldByName("client")
	slot := reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
	slot.Set(reflect.ValueOf(fake.NewClientset(objects...)))

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	updates := make(chan []*targetgroup.Group)
	go d.Run(ctx, updates)
	last := map[string]*targetgroup.Group{}
	for waiting := true; waiting; {
		select {
		case groups := <-updates:
			for _, group := range groups {
				if group != nil {
					last[group.Source] = group
				}
			}
		case <-time.After(silence):
			waiting = false
		}
	}
	return showGroups(last)
}

func showGroups(last map[string]*targetgroup.Group) []any {
	shown := []any{}
	sources := []string{}
	for source := range last {
		sources = append(sources, source)
	}
	sort.Strings(sources)
	for _, source := range sources {
		group := last[source]
		targets := []any{}
		for _, target := range group.Targets {
			targets = append(targets, labelPairs(target))
		}
		sort.Slice(targets, func(i, j int) bool { return text(targets[i]) < text(targets[j]) })
		shown = append(shown, object{"source": source, "labels": labelPairs(group.Labels), "targets": targets})
	}
	return shown
}

func text(value any) string {
	encoded, err := json.Marshal(value)
	check(err)
	return string(encoded)
}
