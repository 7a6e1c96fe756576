{{- define "files.host" -}}
{{ .Release.Name }}.{{ .Release.Namespace }}
{{- end -}}
