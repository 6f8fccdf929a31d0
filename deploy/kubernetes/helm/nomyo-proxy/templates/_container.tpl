{{/*
What every container of the proxy has, whatever its shape: image, settings, hardening, mounts.
Takes a dict: root (the chart's context), values (the chart's values), environment (a dict of settings that the shape decides).
*/}}
{{- define "nomyo-proxy.container" -}}
name: nomyo-proxy
image: {{ printf "%s:%s" .values.image.repository (.values.image.tag | default "0.1.0") | quote }}
imagePullPolicy: {{ .values.image.pullPolicy | default "IfNotPresent" }}
env:
{{- $settings := merge (dict) .environment (.values.settings | default dict) }}
{{- $_ := set $settings "router.api_key_file" "/run/secrets/nomyo-proxy/router-api-key" }}
{{- $_ := set $settings "shutdown.drain" (printf "%ds" (int .values.drainSeconds)) }}
{{- range $key := keys $settings | sortAlpha }}
{{- $value := get $settings $key }}
  - name: {{ printf "NOMYO_PROXY_%s" ($key | replace "." "_" | upper) }}
    value: {{ if kindIs "slice" $value }}{{ join "," $value | quote }}{{ else if kindIs "float64" $value }}{{ int64 $value | toString | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- with .values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where every container of the proxy writes and reads. */}}
{{- define "nomyo-proxy.mounts" -}}
- name: nomyo-proxy-key
  mountPath: /run/secrets/nomyo-proxy
  readOnly: true
- name: nomyo-proxy-run
  mountPath: /run/nomyo-proxy
- name: nomyo-proxy-state
  mountPath: /var/lib/nomyo-proxy
{{- end }}

{{/* The volumes behind them. Takes the chart's values. */}}
{{- define "nomyo-proxy.volumes" -}}
- name: nomyo-proxy-key
  secret:
    secretName: {{ .apiKey.secretName }}
    items:
      - key: {{ .apiKey.key }}
        path: router-api-key
    defaultMode: 0444
- name: nomyo-proxy-run
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: nomyo-proxy-state
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- end }}
