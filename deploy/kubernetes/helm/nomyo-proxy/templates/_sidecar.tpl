{{/*
The sidecar for a chart of one's own, which depends on this one with gateway.enabled: false:

  spec:
    terminationGracePeriodSeconds: {{ include "nomyo-proxy.gracePeriod" (index .Values "nomyo-proxy") }}
    initContainers:
      {{- include "nomyo-proxy.sidecar" (dict "root" . "values" (index .Values "nomyo-proxy")) | nindent 6 }}
    volumes:
      {{- include "nomyo-proxy.volumes" (index .Values "nomyo-proxy") | nindent 6 }}
*/}}
{{- define "nomyo-proxy.sidecar" -}}
- restartPolicy: Always
  {{- include "nomyo-proxy.container" (dict "root" .root "values" .values "environment" dict) | nindent 2 }}
  # The application is not started before requests can be sealed and answers opened.
  startupProbe:
    exec:
      command: [/usr/bin/nomyo-proxy, health, --ready]
    periodSeconds: 2
    timeoutSeconds: 5
    failureThreshold: 150
  readinessProbe:
    exec:
      command: [/usr/bin/nomyo-proxy, health, --ready]
    periodSeconds: 10
    timeoutSeconds: 5
  livenessProbe:
    exec:
      command: [/usr/bin/nomyo-proxy, health]
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 3
  lifecycle:
    preStop:
      sleep:
        seconds: 2
  volumeMounts:
    {{- include "nomyo-proxy.mounts" . | nindent 4 }}
{{- end }}

{{/* The grace period of a pod with the proxy in it: longer than drain and preStop together. Takes the chart's values. */}}
{{- define "nomyo-proxy.gracePeriod" -}}
{{ add (int .drainSeconds) 30 }}
{{- end }}
