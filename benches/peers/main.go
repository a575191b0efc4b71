// The Go peers of the metrics crates, measured the way `weirgate-measure` measures the crates:
//
//	peers TASK INPUT [SECONDS]
//
// prints the nanoseconds, the allocations and a checksum of one run of the task. The checksum lets the caller see
// that both sides did the same work.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	vm "github.com/VictoriaMetrics/VictoriaMetrics/lib/protoparser/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/model/textparse"
	"go.yaml.in/yaml/v3"
)

func main() {
	if len(os.Args) < 3 {
		fail(errors.New("usage: peers TASK INPUT [SECONDS]"))
	}
	seconds := 2.0
	if len(os.Args) > 3 {
		seconds = must(strconv.ParseFloat(os.Args[3], 64))
	}
	input := os.Args[2]
	var task func() uint64
	switch os.Args[1] {
	case "prometheus-entries":
		body := must(os.ReadFile(input))
		task = func() uint64 { return entries(body, false) }
	case "prometheus-labels":
		body := must(os.ReadFile(input))
		task = func() uint64 { return entries(body, true) }
	case "victoriametrics":
		text := string(must(os.ReadFile(input)))
		var rows vm.Rows
		task = func() uint64 { return victoria(&rows, text) }
	case "prometheus-relabel":
		task = relabelling(input, false)
	case "prometheus-relabel-dropped":
		task = relabelling(input, true)
	default:
		fail(fmt.Errorf("no task %q", os.Args[1]))
	}
	measure(task, seconds)
}

// The CPU time of this process: the machine may be busy with something else, and garbage collection, which runs on
// threads of its own, belongs to what the task costs.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func measure(task func() uint64, seconds float64) {
	sum := task()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, count := cpu(), 0
	for deadline := time.Now().Add(time.Duration(seconds * 1e9)); time.Now().Before(deadline); {
		for range 10 {
			if task() != sum {
				fail(errors.New("a repeated run gave another result"))
			}
			count++
		}
	}
	spent := cpu() - start
	runtime.ReadMemStats(&after)
	fmt.Printf("%.0f %.1f %d\n", float64(spent)/float64(count), float64(after.Mallocs-before.Mallocs)/float64(count), sum)
}

// Reads all entries: the number of series plus their values, or the bytes of their sorted labels.
func entries(body []byte, withLabels bool) uint64 {
	parser := textparse.NewPromParser(body, labels.NewSymbolTable(), false)
	var sum uint64
	var set labels.Labels
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return sum
		}
		if err != nil {
			fail(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, value := parser.Series()
		if !withLabels {
			sum += 1 + uint64(value)
			continue
		}
		parser.Labels(&set)
		set.Range(func(label labels.Label) { sum += uint64(len(label.Name) + len(label.Value)) })
	}
}

func victoria(rows *vm.Rows, text string) uint64 {
	rows.UnmarshalWithErrLogger(text, func(message string) { fail(errors.New(message)) })
	var sum uint64
	for i := range rows.Rows {
		sum += 1 + uint64(rows.Rows[i].Value)
	}
	return sum
}

func relabelling(folder string, dropped bool) func() uint64 {
	var rules []*relabel.Config
	if err := yaml.Unmarshal(must(os.ReadFile(folder+"/relabel.yml")), &rules); err != nil {
		fail(err)
	}
	for _, rule := range rules {
		if err := rule.Validate(model.UTF8Validation); err != nil {
			fail(err)
		}
	}
	var target map[string]string
	if err := json.Unmarshal(must(os.ReadFile(folder+"/target.json")), &target); err != nil {
		fail(err)
	}
	if dropped {
		target["__meta_kubernetes_pod_annotation_prometheus_io_scrape"] = "false"
	}
	set := labels.FromMap(target)
	builder := labels.NewBuilder(labels.EmptyLabels())
	return func() uint64 {
		var sum uint64
		for range Targets {
			builder.Reset(set)
			if !relabel.ProcessBuilder(builder, rules...) {
				sum++
				continue
			}
			builder.Labels().Range(func(label labels.Label) { sum += uint64(len(label.Name) + len(label.Value)) })
		}
		return sum
	}
}

// Targets is how often the target is relabelled in one run of the task: once is too little to time.
const Targets = 100

func must[T any](value T, err error) T {
	if err != nil {
		fail(err)
	}
	return value
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "peers:", err)
	os.Exit(1)
}
