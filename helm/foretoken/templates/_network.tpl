{{/* Names are looked up wherever the cluster's DNS is: in a pod, or on the node. */}}
{{- define "foretoken.dnsEgress" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}
