package main

import (
	"fmt"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/dns"
	"github.com/prometheus/prometheus/discovery/file"
	"github.com/prometheus/prometheus/discovery/http"
	"github.com/prometheus/prometheus/discovery/kubernetes"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

type object = map[string]any

// configured loads a configuration and shows every setting after defaults and inheritance.
func configured(c *testCase) any {
	loaded, err := promconfig.Load(*c.ConfigYAML, quiet)
	if err != nil {
		return object{"error": err.Error()}
	}
	jobs, err := loaded.GetScrapeConfigs()
	if err != nil {
		return object{"error": err.Error()}
	}
	shown := []any{}
	for _, job := range jobs {
		shown = append(shown, showJob(job))
	}
	global := loaded.GlobalConfig
	return object{"ok": true, "jobs": shown, "global": object{
		"scrape_interval":               global.ScrapeInterval.String(),
		"scrape_timeout":                global.ScrapeTimeout.String(),
		"evaluation_interval":           global.EvaluationInterval.String(),
		"external_labels":               pairs(global.ExternalLabels),
		"metric_name_validation_scheme": global.MetricNameValidationScheme.String(),
	}}
}

func showJob(job *promconfig.ScrapeConfig) object {
	protocols := []string{}
	for _, protocol := range job.ScrapeProtocols {
		protocols = append(protocols, string(protocol))
	}
	params := object{}
	for name, values := range job.Params {
		params[name] = values
	}
	services := []any{}
	for _, service := range job.ServiceDiscoveryConfigs {
		services = append(services, showService(service))
	}
	return object{
		"job_name":                           job.JobName,
		"honor_labels":                       job.HonorLabels,
		"honor_timestamps":                   job.HonorTimestamps,
		"track_timestamps_staleness":         job.TrackTimestampsStaleness,
		"params":                             params,
		"scrape_interval":                    job.ScrapeInterval.String(),
		"scrape_timeout":                     job.ScrapeTimeout.String(),
		"scrape_protocols":                   protocols,
		"fallback_scrape_protocol":           string(job.ScrapeFallbackProtocol),
		"scrape_native_histograms":           job.ScrapeNativeHistogramsEnabled(),
		"always_scrape_classic_histograms":   job.AlwaysScrapeClassicHistogramsEnabled(),
		"convert_classic_histograms_to_nhcb": job.ConvertClassicHistogramsToNHCBEnabled(),
		"metrics_path":                       job.MetricsPath,
		"scheme":                             job.Scheme,
		"enable_compression":                 job.EnableCompression,
		"body_size_limit":                    int64(job.BodySizeLimit),
		"sample_limit":                       job.SampleLimit,
		"target_limit":                       job.TargetLimit,
		"label_limit":                        job.LabelLimit,
		"label_name_length_limit":            job.LabelNameLengthLimit,
		"label_value_length_limit":           job.LabelValueLengthLimit,
		"native_histogram_bucket_limit":      job.NativeHistogramBucketLimit,
		"keep_dropped_targets":               job.KeepDroppedTargets,
		"metric_name_validation_scheme":      job.MetricNameValidationScheme.String(),
		"metric_name_escaping_scheme":        job.MetricNameEscapingScheme,
		"service_discovery":                  services,
		"http":                               showClient(&job.HTTPClientConfig),
		"relabel_configs":                    showRules(job.RelabelConfigs),
		"metric_relabel_configs":             showRules(job.MetricRelabelConfigs),
	}
}

func showRules(rules []*relabel.Config) []any {
	shown := []any{}
	for _, rule := range rules {
		sources := []string{}
		for _, name := range rule.SourceLabels {
			sources = append(sources, string(name))
		}
		shown = append(shown, object{
			"source_labels": sources,
			"separator":     rule.Separator,
			"regex":         rule.Regex.String(),
			"modulus":       rule.Modulus,
			"target_label":  rule.TargetLabel,
			"replacement":   rule.Replacement,
			"action":        string(rule.Action),
		})
	}
	return shown
}

func showService(service discovery.Config) object {
	switch s := service.(type) {
	case discovery.StaticConfig:
		groups := []any{}
		for _, group := range s {
			targets := []any{}
			for _, target := range group.Targets {
				targets = append(targets, labelPairs(target))
			}
			groups = append(groups, object{"source": group.Source, "targets": targets, "labels": labelPairs(group.Labels)})
		}
		return object{"type": "static", "groups": groups}
	case *kubernetes.SDConfig:
		api, selectors := "", []any{}
		if s.APIServer.URL != nil {
			api = s.APIServer.URL.String()
		}
		for _, selector := range s.Selectors {
			selectors = append(selectors, object{
				"role": string(selector.Role), "label": selector.Label, "field": selector.Field,
			})
		}
		return object{
			"type": "kubernetes", "role": string(s.Role), "api_server": api, "kubeconfig_file": s.KubeConfig,
			"http":          showClient(&s.HTTPClientConfig),
			"namespaces":    append([]string{}, s.NamespaceDiscovery.Names...),
			"own_namespace": s.NamespaceDiscovery.IncludeOwnNamespace,
			"selectors":     selectors,
			"attach_metadata": object{
				"node": s.AttachMetadata.Node, "namespace": s.AttachMetadata.Namespace,
				"deployment": s.AttachMetadata.Deployment, "job": s.AttachMetadata.Job,
				"cronjob": s.AttachMetadata.CronJob,
			},
		}
	case *file.SDConfig:
		return object{"type": "file", "files": s.Files, "refresh_interval": s.RefreshInterval.String()}
	case *http.SDConfig:
		return object{
			"type": "http", "url": s.URL, "refresh_interval": s.RefreshInterval.String(),
			"http": showClient(&s.HTTPClientConfig),
		}
	case *dns.SDConfig:
		return object{
			"type": "dns", "names": s.Names, "refresh_interval": s.RefreshInterval.String(),
			"record_type": s.Type, "port": s.Port,
		}
	}
	return object{"type": "other", "field": fmt.Sprintf("%s_sd_configs", service.Name())}
}

// showClient leaves out what is not configured.
func showClient(client *config.HTTPClientConfig) object {
	shown := object{"follow_redirects": client.FollowRedirects, "enable_http2": client.EnableHTTP2}
	if auth := client.BasicAuth; auth != nil {
		shown["basic_auth"] = object{
			"username": auth.Username, "username_file": auth.UsernameFile,
			"password": string(auth.Password), "password_file": auth.PasswordFile,
		}
	}
	if auth := client.Authorization; auth != nil {
		shown["authorization"] = object{
			"type": auth.Type, "credentials": string(auth.Credentials), "credentials_file": auth.CredentialsFile,
		}
	}
	if auth := client.OAuth2; auth != nil {
		shown["oauth2"] = object{
			"client_id": auth.ClientID, "client_secret": string(auth.ClientSecret),
			"client_secret_file": auth.ClientSecretFile,
			"scopes":             append([]string{}, auth.Scopes...), "token_url": auth.TokenURL,
		}
	}
	if tls := client.TLSConfig; tls != (config.TLSConfig{}) {
		version := func(version config.TLSVersion) string {
			if version == 0 {
				return ""
			}
			for name, number := range config.TLSVersions {
				if number == version {
					return name
				}
			}
			return "?"
		}
		shown["tls_config"] = object{
			"ca": tls.CA, "ca_file": tls.CAFile, "cert": tls.Cert, "cert_file": tls.CertFile,
			"key": string(tls.Key), "key_file": tls.KeyFile, "server_name": tls.ServerName,
			"insecure_skip_verify": tls.InsecureSkipVerify,
			"min_version":          version(tls.MinVersion), "max_version": version(tls.MaxVersion),
		}
	}
	if client.ProxyURL.URL != nil {
		shown["proxy_url"] = client.ProxyURL.URL.String()
	}
	if client.NoProxy != "" {
		shown["no_proxy"] = client.NoProxy
	}
	if client.ProxyFromEnvironment {
		shown["proxy_from_environment"] = true
	}
	if client.HTTPHeaders != nil && len(client.HTTPHeaders.Headers) > 0 {
		headers := object{}
		for name, header := range client.HTTPHeaders.Headers {
			secrets := []string{}
			for _, secret := range header.Secrets {
				secrets = append(secrets, string(secret))
			}
			headers[name] = object{
				"values": append([]string{}, header.Values...), "secrets": secrets,
				"files": append([]string{}, header.Files...),
			}
		}
		shown["http_headers"] = headers
	}
	return shown
}

func labelPairs(set model.LabelSet) []pair {
	var flat []string
	for name, value := range set {
		flat = append(flat, string(name), string(value))
	}
	// FromStrings sorts, and drops nothing.
	return pairs(labels.FromStrings(flat...))
}
