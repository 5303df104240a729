{{/* The variables of a group. A dict of `root`, `name` and `values`. */}}
{{- define "foretoken.runtimeSettings" -}}
{{- if .root.Values.inferencePool.enabled }}
FORETOKEN_ROLE: all
FORETOKEN_WITH_POD: "true"
{{ include "foretoken.callers" .root }}
{{- else }}
FORETOKEN_ROLE: runtime
FORETOKEN_API_KEY_FILE: /etc/foretoken/credentials/operator-key
{{- end }}
FORETOKEN_HOST: 0.0.0.0
FORETOKEN_PORT: "8080"
FORETOKEN_POD_PORT: "9091"
FORETOKEN_MODEL: {{ .values.model | quote }}
FORETOKEN_DEVICE: {{ ternary "cuda:0" "cpu" (eq .values.device.kind "cuda") }}
FORETOKEN_DRAIN_SECONDS: {{ .values.drainSeconds | quote }}
{{ include "foretoken.podTls" .root }}
{{- if include "foretoken.runtimeHttps" .root }}
FORETOKEN_TLS_CERT: /etc/foretoken/pod-tls/tls.crt
FORETOKEN_TLS_KEY: /etc/foretoken/pod-tls/tls.key
{{- end }}
{{ include "foretoken.registryAccess" (dict "root" .root "cacheSize" .values.cacheSize) }}
{{- if include "foretoken.overHttp" .root }}
FORETOKEN_POD_GROUP: {{ .name }}
{{- end }}
{{- include "foretoken.options" .values.options }}
{{- end -}}
