{{/* Names, labels and images. What takes a component gets a dict of `root` (the top) and `component`. */}}

{{- define "foretoken.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is put behind it. */}}
{{- define "foretoken.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "foretoken.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What pods are selected by: it never changes. */}}
{{- define "foretoken.selector" -}}
app.kubernetes.io/name: {{ include "foretoken.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "foretoken.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{ include "foretoken.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* A dict of `root` and `kind`, which is cpu or cuda. */}}
{{- define "foretoken.image" -}}
{{- $image := .root.Values.image -}}
{{- with get $image.digests .kind -}}
{{- printf "%s@%s" $image.repository . -}}
{{- else -}}
{{- printf "%s:%s-%s" $image.repository (default .root.Chart.AppVersion $image.tag) .kind -}}
{{- end -}}
{{- end -}}

{{- define "foretoken.runtimeService" -}}
{{- include "foretoken.fullname" . -}}-runtime
{{- end -}}

{{/* A group's values over the defaults of all groups, as YAML. A dict of `root` and `variant`. */}}
{{- define "foretoken.variant" -}}
{{- mergeOverwrite (deepCopy .root.Values.variantDefaults) (deepCopy .variant) | toYaml -}}
{{- end -}}

{{/* Whether a model is a name of the registry: "true", or nothing for a path in the claim. */}}
{{- define "foretoken.isReference" -}}
{{- if not (contains "=" .) -}}true{{- end -}}
{{- end -}}

{{/* Whether any group serves a name of the registry. */}}
{{- define "foretoken.servesRegistry" -}}
{{- range .Values.variants -}}{{- if not (contains "=" .model) -}}true{{- end -}}{{- end -}}
{{- end -}}

{{/*
Whether gateways and pods ask the registry here over HTTP and copy from it: "true", or nothing. They do where it has neither a database nor blobs that
they could read themselves.
*/}}
{{- define "foretoken.overHttp" -}}
{{- $registry := .Values.registry -}}
{{- if and (include "foretoken.servesRegistry" .) $registry.enabled (not $registry.database.existingSecret) (not $registry.blobs.url) -}}true{{- end -}}
{{- end -}}

{{/* The gateways' models: those of all groups, once each. */}}
{{- define "foretoken.models" -}}
{{- $models := list -}}
{{- range .Values.variants -}}{{- $models = append $models .model -}}{{- end -}}
{{- $models | uniq | join "," -}}
{{- end -}}
