{{/* What all pods have in common. */}}

{{- define "foretoken.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "foretoken.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/*
A dict of `load` seconds, `scheme`, and `started`: the probe that ends a start, live or ready. A start may take twice as long as was measured. A
gateway has started before its pods have: it lives, and is not ready until a model is. So has a pod before a registry that it asks over HTTP has
anything for it.
*/}}
{{- define "foretoken.probes" -}}
startupProbe:
  httpGet: {path: /health/{{ .started }}, port: http, scheme: {{ .scheme }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ max 6 (div (add (mul 2 (int .load)) 4) 5) }}
readinessProbe:
  httpGet: {path: /health/ready, port: http, scheme: {{ .scheme }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /health/live, port: http, scheme: {{ .scheme }}}
  periodSeconds: 10
  timeoutSeconds: 10
  failureThreshold: 6
{{- end -}}

{{/* A pod leaves its Service first, is told to end then, and has the drain's time and what it takes to close behind that. */}}
{{- define "foretoken.grace" -}}
{{- add (int .preStopSeconds) (int .drainSeconds) 15 -}}
{{- end -}}

{{- define "foretoken.preStop" -}}
preStop: {sleep: {seconds: {{ int .preStopSeconds }}}}
{{- end -}}

{{/* What may be written: nothing of it survives the pod. A dict of `size`, empty where a volume of its own is the home. */}}
{{- define "foretoken.scratchVolumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
- name: cache
  emptyDir: {sizeLimit: {{ default "1Gi" .size }}}
{{- if .size }}
- name: home
  emptyDir: {sizeLimit: {{ .size }}}
{{- end }}
{{- end -}}

{{- define "foretoken.scratchMounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: cache, mountPath: /var/cache/foretoken}
- {name: home, mountPath: {{ include "foretoken.home" . }}}
{{- end -}}

{{/* A Secret's entries as files. A dict of `name`, `secret` and `entries`. */}}
{{- define "foretoken.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      {{- range .entries }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end -}}

{{/* Who has signed the certificate of the registry that is asked over HTTP. */}}
{{- define "foretoken.registryCaVolume" -}}
{{- if and (include "foretoken.overHttp" .) .Values.tls.edge.existingSecret }}
{{- include "foretoken.secretVolume" (dict "name" "registry-ca" "secret" .Values.tls.edge.existingSecret "entries" (list "ca.crt")) }}
{{- end }}
{{- end -}}

{{- define "foretoken.registryCaMount" -}}
{{- if and (include "foretoken.overHttp" .) .Values.tls.edge.existingSecret }}
- {name: registry-ca, mountPath: /etc/foretoken/registry-ca, readOnly: true}
{{- end }}
{{- end -}}

{{/* Models of the claim and the keys that are believed, where there are any. */}}
{{- define "foretoken.modelVolumes" -}}
{{- with .Values.models.existingClaim }}
- name: models
  persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
{{- end }}
{{- include "foretoken.keyVolumes" . }}
{{- end -}}

{{- define "foretoken.modelMounts" -}}
{{- if .Values.models.existingClaim }}
- {name: models, mountPath: /models, readOnly: true}
{{- end }}
{{- include "foretoken.keyMounts" . }}
{{- end -}}

{{- define "foretoken.keyVolumes" -}}
{{- with .Values.registry.trustedKeysConfigMap }}
- name: trusted-keys
  configMap: {name: {{ . }}}
{{- end }}
{{- end -}}

{{- define "foretoken.keyMounts" -}}
{{- if .Values.registry.trustedKeysConfigMap }}
- {name: trusted-keys, mountPath: /etc/foretoken/trusted-keys, readOnly: true}
{{- end }}
{{- end -}}

{{/* Secrets of who answers callers, beside API keys. */}}
{{- define "foretoken.callerMounts" -}}
{{- if .Values.tenants.existingSecret }}
- {name: tenants, mountPath: /etc/foretoken/tenants, readOnly: true}
{{- end }}
{{- if .Values.tenants.tokens.existingSecret }}
- {name: tokens, mountPath: /etc/foretoken/tokens, readOnly: true}
{{- end }}
{{- end -}}

{{- define "foretoken.callerVolumes" -}}
{{- with .Values.tenants.existingSecret }}
{{ include "foretoken.secretVolume" (dict "name" "tenants" "secret" . "entries" (list "tenants.yaml")) }}
{{- end }}
{{- with .Values.tenants.tokens.existingSecret }}
{{ include "foretoken.secretVolume" (dict "name" "tokens" "secret" . "entries" (list "jwks.json")) }}
{{- end }}
{{- end -}}

{{/* What gateways have of batches. */}}
{{- define "foretoken.batchMounts" -}}
{{- if .Values.batch.client.existingSecret }}
- {name: batch-client, mountPath: /etc/foretoken/batch, readOnly: true}
{{- end }}
{{- if .Values.batch.files.existingClaim }}
- {name: batches, mountPath: {{ include "foretoken.batchFolder" . }}}
{{- end }}
{{- end -}}

{{- define "foretoken.batchVolumes" -}}
{{- with .Values.batch.client.existingSecret }}
{{ include "foretoken.secretVolume" (dict "name" "batch-client" "secret" . "entries" (list "client.properties")) }}
{{- end }}
{{- with .Values.batch.files.existingClaim }}
- name: batches
  persistentVolumeClaim: {claimName: {{ . }}}
{{- end }}
{{- end -}}

{{/* Where a pod may run. A dict of `root`, `component`, `values`, and `variant` where there is one. */}}
{{- define "foretoken.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if .values.maxSkew }}
topologySpreadConstraints:
  - maxSkew: {{ .values.maxSkew }}
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: {{ .values.whenUnevenly }}
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "foretoken.selector" . | nindent 8 }}
        {{- with .variant }}
        foretoken.dev/variant: {{ . }}
        {{- end }}
{{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Variables of a container that its ConfigMap does not hold. A dict of `secrets` (as YAML) and `extra`. */}}
{{- define "foretoken.env" -}}
{{- $lines := list (trim .secrets) }}
{{- with .extra }}{{- $lines = append $lines (toYaml .) }}{{- end }}
{{- $text := join "\n" (compact $lines) }}
{{- with $text }}
env: {{- . | nindent 2 }}
{{- end }}
{{- end -}}
