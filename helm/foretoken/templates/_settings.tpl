{{/* Variables of the process. Secrets are files, or come from Secrets; everything else stands in a ConfigMap. */}}

{{- define "foretoken.home" -}}/var/lib/foretoken{{- end -}}

{{/* Options by their names: `max-sessions: 8` is FORETOKEN_MAX_SESSIONS. */}}
{{- define "foretoken.options" -}}
{{- range $name, $value := . }}
FORETOKEN_{{ $name | upper | replace "-" "_" }}: {{ toString $value | quote }}
{{- end }}
{{- end -}}

{{/* Gateways, registry: what callers and operators see. */}}
{{- define "foretoken.edgeTls" -}}
{{- with .Values.tls.edge.existingSecret }}
FORETOKEN_TLS_CERT: /etc/foretoken/tls/tls.crt
FORETOKEN_TLS_KEY: /etc/foretoken/tls/tls.key
{{- if $.Values.tls.edge.clientCertificates }}
FORETOKEN_TLS_CLIENT_CA: /etc/foretoken/tls/ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{/* Who answers callers: whom it believes. */}}
{{- define "foretoken.callers" -}}
FORETOKEN_API_KEY_FILE: /etc/foretoken/credentials/api-keys
{{- if .Values.tenants.existingSecret }}
FORETOKEN_TENANTS: /etc/foretoken/tenants/tenants.yaml
{{- end }}
{{- with .Values.tenants.tokens }}
{{- if .existingSecret }}
FORETOKEN_JWT_KEYS: /etc/foretoken/tokens/jwks.json
FORETOKEN_JWT_ISSUER: {{ .issuer | quote }}
FORETOKEN_JWT_AUDIENCE: {{ .audience | quote }}
FORETOKEN_JWT_ALGORITHM: {{ .algorithm }}
FORETOKEN_JWT_TENANT_CLAIM: {{ .tenantClaim | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Who answers callers: where tenants' limits are counted by all of them together. */}}
{{- define "foretoken.limitsSecrets" -}}
{{- with .Values.tenants.limitsDatabase.existingSecret }}
- name: FORETOKEN_TENANT_LIMITS_DATABASE
  valueFrom: {secretKeyRef: {name: {{ . }}, key: url}}
{{- end }}
{{- end -}}

{{/* The several processes that count tenants' limits without knowing of one another, in words; nothing where there is one, or a database. */}}
{{- define "foretoken.limitsApart" -}}
{{- $gateway := .Values.gateway -}}
{{- $given := .Values.tenants.limitsDatabase.existingSecret -}}
{{- range $gateway.extraEnv -}}
{{- if eq (toString .name) "FORETOKEN_TENANT_LIMITS_DATABASE" -}}{{- $given = .name -}}{{- end -}}
{{- end -}}
{{- if and .Values.tenants.existingSecret (not $given) -}}
{{- if .Values.inferencePool.enabled -}}gateways and runtime pods
{{- else if gt (int (ternary $gateway.autoscaling.maxReplicas $gateway.replicas $gateway.autoscaling.enabled)) 1 -}}gateways
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether HTTP of runtime pods is encrypted: "true", or nothing. Endpoints of an InferencePool are asked without. */}}
{{- define "foretoken.runtimeHttps" -}}
{{- if and .Values.tls.pods.existingSecret (not .Values.inferencePool.enabled) -}}true{{- end -}}
{{- end -}}

{{/* Gateways and runtime pods: what they show to one another. */}}
{{- define "foretoken.podTls" -}}
FORETOKEN_POD_CREDENTIAL_FILE: /etc/foretoken/credentials/pod-credential
{{- if .Values.tls.pods.existingSecret }}
FORETOKEN_POD_TLS_CERT: /etc/foretoken/pod-tls/tls.crt
FORETOKEN_POD_TLS_KEY: /etc/foretoken/pod-tls/tls.key
FORETOKEN_POD_TLS_CA: /etc/foretoken/pod-tls/ca.crt
{{- else }}
FORETOKEN_POD_PLAINTEXT: "true"
{{- end }}
{{- end -}}

{{/* Where the registry is, for who has it. */}}
{{- define "foretoken.registrySettings" -}}
FORETOKEN_HOME: {{ include "foretoken.home" . }}
{{- with .Values.registry.blobs.url }}
FORETOKEN_BLOBS: {{ . | quote }}
{{- end }}
FORETOKEN_SIGNATURES: {{ .Values.registry.signatures }}
{{- if .Values.registry.trustedKeysConfigMap }}
FORETOKEN_TRUSTED_KEYS: /etc/foretoken/trusted-keys
{{- end }}
{{- end -}}

{{/* The same for gateways and pods, which may have only its address. A dict of `root` and the `cacheSize` of their home. */}}
{{- define "foretoken.registryAccess" -}}
{{- $size := .cacheSize -}}
{{- with .root -}}
{{- if include "foretoken.overHttp" . -}}
FORETOKEN_HOME: {{ include "foretoken.home" . }}
FORETOKEN_REGISTRY_COPIES: {{ include "foretoken.quarter" $size }}
FORETOKEN_REGISTRY_URL: {{ ternary "https" "http" (ne .Values.tls.edge.existingSecret "") }}://{{ include "foretoken.fullname" . }}-registry.{{ .Release.Namespace }}.svc:8080
FORETOKEN_REGISTRY_KEY_FILE: /etc/foretoken/credentials/operator-key
{{- if .Values.tls.edge.existingSecret }}
FORETOKEN_REGISTRY_CA: /etc/foretoken/registry-ca/ca.crt
{{- end }}
{{- else -}}
{{ include "foretoken.registrySettings" . }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A quarter of a size in Mi, Gi or Ti, as the process reads sizes. */}}
{{- define "foretoken.quarter" -}}
{{- $mebi := dict "Mi" 1 "Gi" 1024 "Ti" 1048576 -}}
{{- $number := regexFind "^[0-9]+" . -}}
{{- div (mul (int64 $number) (get $mebi (trimPrefix $number .))) 4 }}m
{{- end -}}

{{/* The registry's secrets: JDBC URL, and what AWS's own tools read. */}}
{{- define "foretoken.registrySecrets" -}}
{{- with .Values.registry.database.existingSecret }}
- name: FORETOKEN_DATABASE
  valueFrom: {secretKeyRef: {name: {{ . }}, key: url}}
{{- end }}
{{- with .Values.registry.blobs.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ . }}, key: AWS_ACCESS_KEY_ID}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: AWS_SECRET_ACCESS_KEY}}
{{- end }}
{{- end -}}

{{/* Gateways: requests that nobody waits for. The instance is the pod's name, which the process takes by itself. */}}
{{- define "foretoken.batchSettings" -}}
{{- with .Values.batch.brokers }}
FORETOKEN_BATCH_BROKERS: {{ . | quote }}
{{- end }}
{{- if .Values.batch.client.existingSecret }}
FORETOKEN_BATCH_CONFIG: /etc/foretoken/batch/client.properties
{{- end }}
{{- if .Values.batch.files.existingClaim }}
FORETOKEN_BATCH_FOLDER: {{ include "foretoken.batchFolder" . }}
{{- end }}
{{- end -}}

{{- define "foretoken.batchFolder" -}}/batches{{- end -}}

{{- define "foretoken.batchSecrets" -}}
{{- with .Values.batch.database.existingSecret }}
- name: FORETOKEN_BATCH_DATABASE
  valueFrom: {secretKeyRef: {name: {{ . }}, key: url}}
{{- end }}
{{- end -}}
