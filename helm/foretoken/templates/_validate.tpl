{{/* What a schema cannot say: values that are missing, or do not fit together. All of it is said at once, each with the YAML to add. */}}

{{- define "foretoken.validate" -}}
{{- $problems := list -}}
{{- range $part := list "image" "credentials" "transport" "variants" "registry" "batch" "limits" "others" -}}
{{- $found := include (printf "foretoken.validate.%s" $part) $ -}}
{{- range regexSplit "(?m)^---$" $found -1 -}}
{{- with trim . -}}{{- $problems = append $problems . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "\n\nValues are missing, or do not fit together:\n\n%s\n" (join "\n\n" .)) -}}
{{- end -}}
{{- end -}}

{{- define "foretoken.validate.image" -}}
{{- if not .Values.image.repository }}
There is no image to run: none is published, deploy/images builds them.
Please set:
image:
  repository: registry.example.com/foretoken
{{- end }}
{{- end -}}

{{- define "foretoken.validate.credentials" -}}
{{- if not .Values.credentials.existingSecret }}
There are no credentials, and none are made up: callers need API keys, gateways and pods a secret that they share.
Please create the Secret:
kubectl create secret generic foretoken-credentials --from-file=api-keys --from-file=pod-credential --from-file=operator-key
and set:
credentials:
  existingSecret: foretoken-credentials
{{- end }}
{{- end -}}

{{- define "foretoken.validate.transport" -}}
{{- $pods := .Values.tls.pods }}
{{- if and (not $pods.existingSecret) (not $pods.plaintext) }}
Prompts and answers would be readable on the network between gateways and pods.
Please set:
tls:
  pods:
    existingSecret: foretoken-pod-tls   # tls.crt, tls.key, ca.crt
or, where the network is encrypted below them:
tls:
  pods:
    plaintext: true
{{- end }}
---
{{- if and $pods.existingSecret $pods.plaintext }}
Gateways and pods either talk by TLS or in plaintext, not both.
Please set one of:
tls:
  pods:
    existingSecret: {{ $pods.existingSecret }}
    plaintext: false
{{- end }}
---
{{- if and .Values.tls.edge.clientCertificates (not .Values.tls.edge.existingSecret) }}
Callers can only show certificates over TLS.
Please set:
tls:
  edge:
    existingSecret: foretoken-tls   # tls.crt, tls.key, ca.crt
    clientCertificates: true
{{- end }}
{{- end -}}

{{- define "foretoken.validate.variants" -}}
{{- if not .Values.variants }}
There is nothing to serve.
Please set, for example:
variants:
  - name: toy
    model: toy:prod
    replicas: 2
    cpus: 4
    memory: 8Gi
{{- end }}
{{- $groups := dict }}
{{- $models := dict }}
{{- range .Values.variants }}
{{- $variant := include "foretoken.variant" (dict "root" $ "variant" .) | fromYaml }}
---
{{- if hasKey $groups .name }}
Two groups of runtime pods have the name {{ .name }}.
Please set another name:
variants:
  - name: {{ .name }}-2
    model: {{ .model }}
{{- end }}
{{- $_ := set $groups .name true }}
---
{{- $served := first (splitList "=" .model) }}
{{- if and (hasKey $models $served) (ne (get $models $served) .model) }}
Two groups serve different models under the name {{ $served }}: {{ get $models $served }} and {{ .model }}.
Please set another name for one of them:
variants:
  - name: {{ .name }}
    model: {{ $served }}-2={{ last (splitList "=" .model) }}
{{- end }}
{{- $_ := set $models $served .model }}
{{ include "foretoken.validate.model" (dict "root" $ "variant" .) }}
{{ include "foretoken.validate.device" (dict "name" .name "model" .model "device" $variant.device) }}
{{ include "foretoken.validate.scaling" (dict "name" .name "model" .model "values" $variant "holdSeconds" $.Values.gateway.holdSeconds) }}
{{ include "foretoken.validate.traces" (dict "part" (printf "pods of the group %s" .name) "options" $variant.options "egress" "runtimeEgress" "policy" $.Values.networkPolicy) }}
{{ include "foretoken.validate.options" (dict "path" (printf "variants (%s)" .name) "options" $variant.options) }}
{{- end }}
{{- end -}}

{{- define "foretoken.validate.model" -}}
---
{{- if include "foretoken.isReference" .variant.model }}
{{- if not (or (include "foretoken.overHttp" .root) (and .root.Values.registry.database.existingSecret .root.Values.registry.blobs.url)) }}
{{ .variant.model }} of the group {{ .variant.name }} is a name of the registry, which gateways and pods read from its database and blobs, or ask for where it has neither.
Please set:
registry:
  enabled: true
  database:
    existingSecret: foretoken-database   # url: jdbc:postgresql://HOST/NAME?user=...&password=...
  blobs:
    url: s3://BUCKET/PREFIX?endpoint=URL&region=NAME
or serve a folder of a claim:
models:
  existingClaim: models
variants:
  - name: {{ .variant.name }}
    model: NAME=/models/FOLDER
{{- end }}
{{- else if not (regexMatch "^[^=]+=/models/[^=]+$" .variant.model) }}
{{ .variant.model }} of the group {{ .variant.name }} is no path below /models, where the claim is mounted.
Please set:
variants:
  - name: {{ .variant.name }}
    model: {{ first (splitList "=" .variant.model) }}=/models/FOLDER
{{- else if not .root.Values.models.existingClaim }}
{{ .variant.model }} of the group {{ .variant.name }} is a path in a claim, and there is none.
Please set:
models:
  existingClaim: models
{{- end }}
{{- end -}}

{{- define "foretoken.validate.device" -}}
---
{{- if and (eq .device.kind "cuda") (not .device.resource) (not .device.visibleDevices) }}
Pods of the group {{ .name }} compute on a GPU, and nothing says which.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    device:
      kind: cuda
      resource: nvidia.com/gpu   # or a MIG profile, nvidia.com/mig-1g.10gb
{{- end }}
---
{{- if and (eq .device.kind "cuda") .device.resource .device.visibleDevices }}
Pods of the group {{ .name }} are given a GPU by the device plugin, which sets CUDA_VISIBLE_DEVICES itself.
Please set one of:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    device:
      kind: cuda
      resource: ""
      visibleDevices: {{ .device.visibleDevices | quote }}
{{- end }}
---
{{- if and (eq .device.kind "cpu") .device.visibleDevices }}
Pods of the group {{ .name }} compute on CPUs and see no GPU.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    device:
      kind: cuda
      resource: ""
      visibleDevices: {{ .device.visibleDevices | quote }}
{{- end }}
{{- end -}}

{{- define "foretoken.validate.scaling" -}}
{{- $scaling := .values.autoscaling }}
---
{{- if and (eq $scaling.kind "keda") (not $scaling.keda.serverAddress) }}
KEDA scales the group {{ .name }} by what Prometheus knows, and no Prometheus is named.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    autoscaling:
      kind: keda
      keda:
        serverAddress: http://prometheus-operated.monitoring.svc:9090
{{- end }}
---
{{- if and (ne $scaling.kind "none") (eq (int $scaling.minReplicas) 0) (or (ne $scaling.kind "keda") (eq (int .holdSeconds) 0)) }}
The group {{ .name }} would have no pod while nobody asks, and then nobody would be answered: KEDA starts pods by what gateways hold.
Please set:
gateway:
  holdSeconds: 300
variants:
  - name: {{ .name }}
    model: {{ .model }}
    autoscaling:
      kind: keda
{{- end }}
---
{{- if and (ne $scaling.kind "keda") (gt (int $scaling.batchLag) 0) }}
The group {{ .name }} is to be scaled by requests of batch topics, of which KEDA alone knows.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    autoscaling:
      kind: keda
      keda:
        serverAddress: http://prometheus-operated.monitoring.svc:9090
{{- end }}
---
{{- if and (ne $scaling.kind "none") (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
The group {{ .name }} would have at least {{ $scaling.minReplicas }} pods and at most {{ $scaling.maxReplicas }}.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    autoscaling:
      maxReplicas: {{ $scaling.minReplicas }}
{{- end }}
---
{{- if and (eq (int .values.maxSurge) 0) (eq (int .values.maxUnavailable) 0) }}
The group {{ .name }} could never be updated: no pod may be more, and none fewer.
Please set:
variants:
  - name: {{ .name }}
    model: {{ .model }}
    maxUnavailable: 1
{{- end }}
{{- end -}}

{{/* Options stand in a ConfigMap, and some are the chart's. A dict of `path` and `options`. */}}
{{- define "foretoken.validate.options" -}}
{{- $path := .path }}
{{- $owned := list "role" "host" "port" "grpc-port" "pod-port" "picker-port" "with-pod" "admin-port" "admin-host" "model" "pod" "device" "drain-seconds" "blobs" "registry" "home" "batch-brokers" "batch-config" "batch-folder" "signatures" "trusted-keys" "pod-plaintext" "tenants" "rollouts" "registry-url" "registry-ca" "pod-group" "hold-seconds" }}
{{- range $name, $_ := .options }}
---
{{- if or (has $name (list "api-key" "pod-credential" "admin-key" "database" "batch-database" "tenant-limits-database")) }}
{{ $path }}.options has the secret {{ $name }}, which would stand in a ConfigMap for many to read.
Please put it into a Secret and set:
credentials:
  existingSecret: foretoken-credentials
registry:
  database:
    existingSecret: foretoken-database
{{- else if eq $name "batch-instance" }}
{{ $path }}.options has batch-instance, which would be the same for all pods: they would end one another's work. Each goes by its own name without it.
Please take it out:
options: {}
{{- else if or (has $name $owned) (hasSuffix "-file" $name) (hasPrefix "jwt-" $name) (hasPrefix "tls-" $name) (hasPrefix "pod-tls-" $name) }}
{{ $path }}.options has {{ $name }}, which the chart sets from values of its own.
Please take it out:
options: {}
{{- end }}
{{- end }}
{{- end -}}

{{- define "foretoken.validate.registry" -}}
{{- $registry := .Values.registry }}
{{- if and (include "foretoken.overHttp" .) (not .Values.tls.edge.existingSecret) (not .Values.tls.pods.plaintext) }}
Gateways and pods ask the registry by HTTP with a key, which would be readable on the network.
Please set:
tls:
  edge:
    existingSecret: foretoken-tls   # tls.crt, tls.key, ca.crt
{{- end }}
---
{{- if and (include "foretoken.overHttp" .) .Values.tls.edge.clientCertificates (not .Values.tls.pods.existingSecret) }}
Gateways and pods ask the registry by HTTP, which asks them for a certificate: the one that they show to one another, and there is none.
Please set:
tls:
  pods:
    existingSecret: foretoken-pod-tls   # tls.crt, tls.key, ca.crt
    plaintext: false
or have callers show no certificate:
tls:
  edge:
    clientCertificates: false
or have gateways and pods read the registry's database and blobs:
registry:
  database:
    existingSecret: foretoken-database   # url: jdbc:postgresql://HOST/NAME?user=...&password=...
  blobs:
    url: s3://BUCKET/PREFIX?endpoint=URL&region=NAME
{{- end }}
---
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.registryEgress) (or $registry.database.existingSecret $registry.blobs.url) }}
The database and the blobs could not be reached: nothing goes out that no rule allows.
Please set, for example:
networkPolicy:
  registryEgress:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: postgres}}}]
      ports: [{port: 5432}]
    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
      ports: [{port: 443}]
{{- end }}
{{ include "foretoken.validate.options" (dict "path" "registry" "options" $registry.options) }}
{{- end -}}

{{- define "foretoken.validate.batch" -}}
{{- $batch := .Values.batch }}
{{- $policy := .Values.networkPolicy }}
{{- if and $policy.enabled (not $policy.gatewayEgress) $batch.brokers }}
Kafka's brokers could not be reached by gateways: nothing goes out that no rule allows.
Please set, for example:
networkPolicy:
  gatewayEgress:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kafka}}}]
      ports: [{port: 9092}]
{{- end }}
---
{{- if and $policy.enabled (not $policy.gatewayEgress) $batch.database.existingSecret }}
The database of batches could not be reached by gateways: nothing goes out that no rule allows.
Please set, for example:
networkPolicy:
  gatewayEgress:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: postgres}}}]
      ports: [{port: 5432}]
{{- end }}
---
{{- if and $batch.client.existingSecret (not $batch.brokers) }}
There are settings for clients of Kafka, and no brokers.
Please set:
batch:
  brokers: kafka-bootstrap.kafka.svc:9092
{{- end }}
---
{{- if and $batch.files.existingClaim (not $batch.database.existingSecret) }}
Gateways share the files of batches, and nothing says where they share what is known of them.
Please set:
batch:
  database:
    existingSecret: foretoken-batch-database   # url: jdbc:postgresql://HOST/NAME?user=...&password=...
{{- end }}
---
{{- if and $batch.database.existingSecret (not $batch.files.existingClaim) }}
There is a database of batches, and no place for their files.
Please set:
batch:
  files:
    existingClaim: batches   # ReadWriteMany
{{- end }}
{{- end -}}

{{- define "foretoken.validate.limits" -}}
{{- $policy := .Values.networkPolicy }}
{{- $tenants := .Values.tenants }}
{{- if $tenants.limitsDatabase.existingSecret }}
{{- if not $tenants.existingSecret }}
There is a database of tenants' limits, and no tenants who have any.
Please set:
tenants:
  existingSecret: foretoken-tenants   # tenants.yaml
{{- end }}
{{- $ways := list "gatewayEgress" }}
{{- if .Values.inferencePool.enabled }}{{- $ways = append $ways "runtimeEgress" }}{{- end }}
{{- range $ways }}
---
{{- if and $policy.enabled (not (index $policy .)) }}
The database of tenants' limits could not be reached by {{ ternary "gateways" "runtime pods" (eq . "gatewayEgress") }}: nothing goes out that no rule allows.
Please set, for example:
networkPolicy:
  {{ . }}:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: postgres}}}]
      ports: [{port: 5432}]
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "foretoken.validate.others" -}}
{{- $scaling := .Values.gateway.autoscaling }}
{{- if and $scaling.enabled (gt (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
There would be at least {{ $scaling.minReplicas }} gateways and at most {{ $scaling.maxReplicas }}.
Please set:
gateway:
  autoscaling:
    maxReplicas: {{ $scaling.minReplicas }}
{{- end }}
---
{{- with .Values.gateway.rollouts }}
{{- if hasKey (fromJson .) "Error" }}
gateway.rollouts is not the JSON object that gateways read.
Please set, for example:
gateway:
  rollouts: |
    {"toy:prod": {"canary": [{"variant": "int8", "weight": 0.05}]}}
{{- end }}
{{- end }}
---
{{- $pool := .Values.inferencePool }}
{{- if and $pool.enabled (not $pool.plaintext) }}
The data plane of an InferencePool asks its endpoints without TLS: prompts and answers would be readable on the network between them.
Please set, where that network is encrypted or trusted:
inferencePool:
  plaintext: true
{{- end }}
---
{{- if and $pool.enabled .Values.networkPolicy.enabled (not $pool.dataPlane) }}
Nobody could ask for endpoints, or ask them: nothing comes in that no rule allows.
Please set, for example:
inferencePool:
  dataPlane:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: envoy-gateway-system}}
{{- end }}
---
{{- if and $pool.enabled (include "foretoken.overHttp" $) }}
Endpoints of an InferencePool read the registry's database and blobs themselves: they cannot ask for them over HTTP.
Please set:
registry:
  database:
    existingSecret: foretoken-database   # url: jdbc:postgresql://HOST/NAME?user=...&password=...
  blobs:
    url: s3://BUCKET/PREFIX?endpoint=URL&region=NAME
{{- end }}
---
{{- if and $pool.enabled .Values.tls.edge.clientCertificates }}
Gateways would ask the data plane of an InferencePool for a certificate, which it does not show to endpoint pickers.
Please set one of:
inferencePool:
  enabled: false
tls:
  edge:
    clientCertificates: false
{{- end }}
---
{{- $tokens := .Values.tenants.tokens }}
{{- if and $tokens.existingSecret (or (not $tokens.issuer) (not $tokens.audience)) }}
Tokens are believed only of one issuer and for one audience.
Please set:
tenants:
  tokens:
    issuer: https://login.example.com
    audience: foretoken
{{- end }}
{{ include "foretoken.validate.traces" (dict "part" "gateways" "options" .Values.gateway.options "egress" "gatewayEgress" "policy" .Values.networkPolicy) }}
{{ include "foretoken.validate.options" (dict "path" "gateway" "options" .Values.gateway.options) }}
{{- end -}}

{{/* Whether spans get out. A dict of `part`, `options`, the network `policy`, and the name of its value that opens the way out for the part. */}}
{{- define "foretoken.validate.traces" -}}
---
{{- if and .policy.enabled (not (index .policy .egress)) (hasKey .options "otlp-endpoint") }}
The collector of traces could not be reached by {{ .part }}: nothing goes out that no rule allows.
Please set, for example:
networkPolicy:
  {{ .egress }}:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: tracing}}}]
      ports: [{port: 4318}]
{{- end }}
{{- end -}}
