// Oracle completes golden cases with what Prometheus' own packages give: cases without `expect` on standard input, one
// JSON object a line, and the same with `expect` on standard output. The argument names the category.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/url"
	"os"
	"sort"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/model/textparse"
	"go.yaml.in/yaml/v2"
)

type pair [2]string

type testCase struct {
	ID          string         `json:"id"`
	Group       string         `json:"group"`
	Scheme      string         `json:"scheme,omitempty"`
	RulesYAML   string         `json:"rules_yaml,omitempty"`
	Labels      *[]pair        `json:"labels,omitempty"`
	ContentType *string        `json:"content_type,omitempty"`
	Input       *string        `json:"input,omitempty"`
	InputB64    *string        `json:"input_b64,omitempty"`
	Options     map[string]any `json:"options,omitempty"`
	Expect      any            `json:"expect"`

	ConfigYAML   *string            `json:"config_yaml,omitempty"`
	GroupLabels  *[]pair            `json:"group_labels,omitempty"`
	TargetLabels *[]pair            `json:"target_labels,omitempty"`
	Role         string             `json:"role,omitempty"`
	SDConfigYAML string             `json:"sd_config_yaml,omitempty"`
	Objects      *[]json.RawMessage `json:"objects,omitempty"`
	Status       int                `json:"status,omitempty"`
	Body         *string            `json:"body,omitempty"`
}

// How long an answer may take: Prometheus' search for the start time of a series does not end for some bodies.
const patience = 20 * time.Second

var (
	quiet       = slog.New(slog.DiscardHandler)
	unreachable = &url.URL{Scheme: "http", Host: "127.0.0.1:9"}

	answers = map[string]func(*testCase) any{
		"relabel": relabelled, "exposition": parsed, "config": configured, "targets": populated,
		"kubernetes-sd": discovered, "scrape-samples": scraped,
	}
)

// answered is a case without an answer yet, or none for want of one in time.
type answered struct {
	id   string
	done chan *testCase
}

func main() {
	if len(os.Args) != 2 || answers[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: oracle CATEGORY < cases > golden cases")
		os.Exit(2)
	}
	// Discoveries and scrapes wait more than they work, so many run at once; the order stays that of the input.
	queue := make(chan answered, parallel(os.Args[1]))
	go func() {
		defer close(queue)
		in := bufio.NewScanner(os.Stdin)
		in.Buffer(nil, 64<<20)
		for in.Scan() {
			c := &testCase{}
			check(json.Unmarshal(in.Bytes(), c))
			next := answered{c.ID, make(chan *testCase, 1)}
			queue <- next
			go func() {
				c.Expect = answers[os.Args[1]](c)
				next.done <- c
			}()
		}
		check(in.Err())
	}()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for next := range queue {
		select {
		case c := <-next.done:
			if c.Expect != nil { // No answer is one that the category has no form for.
				check(encoder.Encode(c))
			}
		case <-time.After(patience):
			fmt.Fprintln(os.Stderr, "oracle: no answer for", next.id)
		}
	}
}

func parallel(category string) int {
	if category == "kubernetes-sd" || category == "scrape-samples" {
		return 40
	}
	return 1
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func relabelled(c *testCase) any {
	var rules []*relabel.Config
	if err := yaml.UnmarshalStrict([]byte(c.RulesYAML), &rules); err != nil {
		return map[string]any{"error": err.Error(), "stage": "yaml"}
	}
	scheme := model.UTF8Validation
	if c.Scheme == "legacy" {
		scheme = model.LegacyValidation
	}
	for _, rule := range rules {
		if rule == nil {
			return map[string]any{"error": "empty or null rule", "stage": "yaml"}
		}
		if err := rule.Validate(scheme); err != nil {
			return map[string]any{"error": err.Error(), "stage": "validate"}
		}
	}
	var flat []string
	for _, label := range *c.Labels {
		flat = append(flat, label[0], label[1])
	}
	builder := labels.NewBuilder(labels.FromStrings(flat...))
	if !relabel.ProcessBuilder(builder, rules...) {
		return map[string]any{"keep": false, "labels": []pair{}}
	}
	return map[string]any{"keep": true, "labels": pairs(builder.Labels())}
}

func pairs(set labels.Labels) []pair {
	list := []pair{}
	set.Range(func(label labels.Label) { list = append(list, pair{label.Name, label.Value}) })
	return list
}

func parsed(c *testCase) any {
	var body []byte
	if c.InputB64 != nil {
		decoded, err := base64.StdEncoding.DecodeString(*c.InputB64)
		check(err)
		body = decoded
	} else {
		body = []byte(*c.Input)
	}
	flag := func(name string) bool { on, _ := c.Options[name].(bool); return on }
	fallback, _ := c.Options["fallback_content_type"].(string)
	parser, err := textparse.New(body, *c.ContentType, nil, textparse.ParserOptions{
		EnableTypeAndUnitLabels: flag("type_and_unit_labels"),
		OpenMetricsSkipSTSeries: flag("skip_created_series"),
		FallbackContentType:     fallback,
	})
	if parser == nil {
		return map[string]any{"entries": []any{}, "error": err.Error(), "stage": "content_type"}
	}
	result := map[string]any{"error": nil}
	if err != nil {
		result["warning"] = err.Error()
	}
	entries := []any{}
	for {
		kind, err := parser.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			result["error"] = err.Error()
			break
		}
		entries = append(entries, entry(parser, kind, flag("skip_created_series")))
	}
	result["entries"] = entries
	return result
}

func entry(parser textparse.Parser, kind textparse.Entry, withStart bool) map[string]any {
	e := map[string]any{}
	switch kind {
	case textparse.EntrySeries:
		_, ts, value := parser.Series()
		e["kind"], e["value"], e["ts"] = "series", number(value), nil
		if ts != nil {
			e["ts"] = *ts // The parser writes the next one to the same place.
		}
		var set labels.Labels
		parser.Labels(&set)
		putLabels(e, pairs(set))
		var x exemplar.Exemplar
		if parser.Exemplar(&x) {
			mark := map[string]any{"value": number(x.Value), "ts": nil}
			if x.HasTs {
				mark["ts"] = x.Ts
			}
			putLabels(mark, pairs(x.Labels))
			e["exemplar"] = mark
		}
		if withStart {
			e["start_ts"] = parser.StartTimestamp()
		}
	case textparse.EntryHelp:
		name, text := parser.Help()
		e["kind"] = "help"
		put(e, "name", name)
		put(e, "text", text)
	case textparse.EntryType:
		name, metricType := parser.Type()
		e["kind"], e["type"] = "type", string(metricType)
		put(e, "name", name)
	case textparse.EntryUnit:
		name, unit := parser.Unit()
		e["kind"] = "unit"
		put(e, "name", name)
		put(e, "unit", unit)
	case textparse.EntryComment:
		e["kind"] = "comment"
		put(e, "text", parser.Comment())
	default:
		check(fmt.Errorf("an entry that is in no text format: %v", kind))
	}
	return e
}

// number is the shortest text of a value; another NaN than the usual one shows its bits.
func number(value float64) string {
	if math.IsNaN(value) && math.Float64bits(value) != 0x7ff8000000000001 {
		return fmt.Sprintf("0x%016x", math.Float64bits(value))
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

func put(e map[string]any, key string, text []byte) {
	if utf8.Valid(text) {
		e[key] = string(text)
	} else {
		e[key+"_b64"] = base64.StdEncoding.EncodeToString(text)
	}
}

// putLabels keeps repeated names in the order of the input among themselves.
func putLabels(e map[string]any, list []pair) {
	sort.SliceStable(list, func(i, j int) bool { return list[i][0] < list[j][0] })
	for _, label := range list {
		if !utf8.ValidString(label[0]) || !utf8.ValidString(label[1]) {
			encoded := []pair{}
			for _, label := range list {
				encoded = append(encoded, pair{
					base64.StdEncoding.EncodeToString([]byte(label[0])),
					base64.StdEncoding.EncodeToString([]byte(label[1])),
				})
			}
			e["labels_b64"] = encoded
			return
		}
	}
	e["labels"] = list
}
