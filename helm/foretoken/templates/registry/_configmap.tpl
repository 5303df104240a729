{{/* The registry's variables. */}}
{{- define "foretoken.registryServer" -}}
FORETOKEN_ROLE: registry
FORETOKEN_HOST: 0.0.0.0
FORETOKEN_PORT: "8080"
FORETOKEN_API_KEY_FILE: /etc/foretoken/credentials/operator-key
FORETOKEN_DRAIN_SECONDS: {{ .Values.registry.drainSeconds | quote }}
{{- if .Values.registry.admin.existingSecret }}
FORETOKEN_ADMIN_HOST: 0.0.0.0
FORETOKEN_ADMIN_PORT: "8081"
FORETOKEN_ADMIN_KEY_FILE: /etc/foretoken/admin/admin-keys
{{- end }}
{{- include "foretoken.edgeTls" . }}
{{ include "foretoken.registrySettings" . }}
{{- include "foretoken.options" .Values.registry.options }}
{{- end -}}
