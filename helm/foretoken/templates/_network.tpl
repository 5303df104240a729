{{/* Names are looked up wherever the cluster's DNS is: in a pod, or on the node. */}}
{{- define "foretoken.dnsEgress" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}

{{/* Where who serves names of the registry finds them. */}}
{{- define "foretoken.registryPeer" -}}
{{- if include "foretoken.overHttp" . }}
- to:
    - podSelector:
        matchLabels: {{- include "foretoken.selector" (dict "root" . "component" "registry") | nindent 10 }}
  ports: [{port: http}]
{{- else if include "foretoken.servesRegistry" . }}
{{- with .Values.networkPolicy.registryEgress }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What the data plane of an InferencePool reaches: the picker and the endpoints. A dict of `root` and `port`. */}}
{{- define "foretoken.dataPlaneIngress" -}}
{{- if .root.Values.inferencePool.enabled -}}
- from: {{- toYaml .root.Values.inferencePool.dataPlane | nindent 4 }}
  ports: [{port: {{ .port }}}]
{{- end -}}
{{- end -}}
