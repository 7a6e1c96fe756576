{{- define "common.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end -}}

{{- define "common.labels" -}}
app: {{ include "common.name" . }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.team }}
team: {{ . }}
{{- end }}
{{- end -}}

{{- define "common.service" -}}
{{- $top := first . -}}
{{- $port := index . 1 -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" $top }}
  labels:
    {{- include "common.labels" $top | nindent 4 }}
spec:
  ports:
    - port: {{ $port }}
{{- end -}}
