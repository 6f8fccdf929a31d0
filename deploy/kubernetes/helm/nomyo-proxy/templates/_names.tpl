{{- define "nomyo-proxy.name" -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "nomyo-proxy.selector" -}}
app.kubernetes.io/name: nomyo-proxy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "nomyo-proxy.labels" -}}
{{ include "nomyo-proxy.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: gateway
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Every name of the Service, for access.hosts. */}}
{{- define "nomyo-proxy.hosts" -}}
{{- $name := include "nomyo-proxy.name" . -}}
{{- $space := .Release.Namespace -}}
{{ concat (list "loopback" "addresses" $name (printf "%s.%s" $name $space) (printf "%s.%s.svc" $name $space) (printf "%s.%s.svc.cluster.local" $name $space)) .Values.gateway.hosts | join "," }}
{{- end }}

{{/* What is refused before anything is made of it. */}}
{{- define "nomyo-proxy.check" -}}
{{- $gateway := .Values.gateway -}}
{{- if and (not $gateway.tokens.secretName) (not $gateway.tokens.unauthenticated) }}
{{- fail "\n\nWho may call the gateway? Set gateway.tokens.secretName to a secret with the member `tokens` (lines NAME:SHA256-HEX from `nomyo-proxy tokens new NAME`), or gateway.tokens.unauthenticated=true to let everybody who reaches it spend the API key." }}
{{- end }}
{{- $rate := $gateway.routerRate }}
{{- if and (gt (int $rate.perSecond) 0) (gt (int $gateway.replicas) (int $rate.perSecond)) }}
{{- fail (printf "\n\n%d replicas cannot share %d requests a second: a replica sends at least one. Use fewer replicas, or set gateway.routerRate.perSecond to what the router grants the API key." (int $gateway.replicas) (int $rate.perSecond)) }}
{{- end }}
{{- end }}
